import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../helpers/child-process.ts';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

const testFile = (fixture: string) => `
	import { expect } from 'vitest';
	import { ${fixture} as test } from 'slipway/vitest';
	test('finds the migrated row', async ({ sql }) => {
		expect(await sql\`SELECT text FROM note\`).toEqual([{ text: 'migrated' }]);
	});`;

const files = {
	'vitest.config.ts': `
		import { slipway } from 'slipway/vitest/plugin';
		export default { plugins: [slipway({ provider: 'embedded' })] };`,
	'migrations/20260103000000000_first-note.sql': "INSERT INTO note (text) VALUES ('migrated');",
	// A program, so that it is noticed when it runs.
	'migrations/20260102000000000_note-its-run.js': `
		import { writeFileSync } from 'node:fs';
		export const up = () => writeFileSync('migrated', '');
		export const down = false;`,
	...Object.fromEntries(
		['test', 'databaseTest', 'transactionTest', 'test'].map((fixture, index) => [
			`${index + 1}.test.ts`,
			testFile(fixture),
		]),
	),
};

const cacheFolder = 'node_modules/.cache/slipway/snapshots';

/** The archives with their inodes, which change when one is written again. */
const archivesOf = (project: string) =>
	readdirSync(join(project, cacheFolder))
		.filter((name) => name.includes('.tar'))
		.map((name) => `${name} ${statSync(join(project, cacheFolder, name)).ino}`);

/** What a CI does between two machines: it keeps the folder's files and their times, and nothing else. */
function restoreCache(from: string, to: string): void {
	cpSync(join(from, cacheFolder), join(to, cacheFolder), { recursive: true, preserveTimestamps: true });
}

test('machines that share nothing but the cache folder run the shards of a suite without migrating', async () => {
	const prepared = makeProject(files);
	const slipway = ['node_modules/slipway/cli/main.js', 'run', '--', process.execPath, '--version'];
	const { status, stderr } = await runProcess(process.execPath, slipway, {
		cwd: prepared,
		env: { SLIPWAY_POSTGRES: 'embedded' },
	});
	expect(status, stderr).toBe(0);
	expect(existsSync(join(prepared, 'migrated'))).toBe(true);

	const machines = [makeProject(files), makeProject(files)];
	const shards = machines.map(async (machine, index) => {
		restoreCache(prepared, machine);
		const archives = archivesOf(machine);
		const run = await runVitest(machine, [`--shard=${index + 1}/2`]);
		expect(run.status, run.stdout + run.stderr).toBe(0);
		expect(run.stdout).toMatch(/Tests +2 passed/);
		expect(archivesOf(machine)).toEqual(archives);
		expect(existsSync(join(machine, 'migrated'))).toBe(false);
	});
	await Promise.all(shards);
});
