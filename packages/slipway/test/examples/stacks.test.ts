import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { packPackage } from '../helpers/packed-project.ts';
import { installStack, type StackProject, stackNames, testFiles } from './stack-project.ts';

let tarball: Buffer;
beforeAll(async () => {
	tarball = await packPackage();
}, 120_000);

describe.concurrent('a project with the packed package', { timeout: 600_000 }, () => {
	test.each(stackNames)('%s: its tests pass, the second time on servers from the snapshot', async (name) => {
		using project = await installStack(name, tarball);
		await passTests(project);
		const made = snapshots(project);
		expect(made).not.toEqual([]);
		await passTests(project);
		expect(snapshots(project)).toEqual(made);
	});

	test('the command of node-pg-migrate serves as well as its folder', async () => {
		using project = await installStack('node-pg-migrate-js', tarball);
		const migrations = { command: 'npm run migrate', inputs: ['migrations'] };
		const config = `export default { migrations: ${JSON.stringify(migrations)} };\n`;
		writeFileSync(join(project.folder, 'slipway.config.ts'), config);
		await passTests(project);
	});
});

/** Runs the project's tests as its package.json says. */
async function passTests(project: StackProject): Promise<void> {
	const { status, stdout, stderr } = await project.run('npm', 'test');
	expect(status, stdout + stderr).toBe(0);
	expect(stripVTControlCharacters(stdout + stderr)).toMatch(summaryOf(countTests(project.folder)));
}

/** What vitest and Jest, node:test, and Mocha print last. */
const summaryOf = (count: number) =>
	new RegExp(`Tests:? +${count} passed|pass ${count}$|${count} passing`, 'm');

function countTests(folder: string): number {
	const text = testFiles(folder).map((file) => readFileSync(file, 'utf8'));
	return text.join('\n').match(/^\s*(test|it)\(/gm)?.length ?? 0;
}

const snapshots = ({ folder }: StackProject) =>
	readdirSync(join(folder, 'node_modules/.cache/slipway/snapshots')).toSorted();
