import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { stacks } from '../../bench/index.ts';
import { removeConfiguration } from '../../bench/stacks/without-slipway.ts';
import { projectRoot } from '../helpers/child-process.ts';
import { packPackage } from '../helpers/packed-project.ts';
import { countTests, installStack, readConfiguration, type StackProject } from './stack-project.ts';

let tarball: Buffer;
beforeAll(async () => {
	tarball = await packPackage();
});

/** Of the tools whose migrations init has Slipway apply itself. */
const commands: Record<string, { command: string; inputs: string[] }> = {
	'dbmate-mocha': { command: 'npm run migrate', inputs: ['db/migrations'] },
	'drizzle-hono-vitest5': { command: 'npx drizzle-kit migrate', inputs: ['drizzle', 'drizzle.config.ts'] },
	'node-pg-migrate-js': { command: 'npm run migrate', inputs: ['migrations'] },
};

test('every example project is known to the benchmark', () => {
	const folders = readdirSync(join(projectRoot, 'examples/stacks'), { withFileTypes: true });
	expect(folders.filter((each) => each.isDirectory()).map(({ name }) => name)).toEqual(Object.keys(stacks));
});

describe.concurrent('in an example project with the packed package', { timeout: 600_000 }, () => {
	test.each(Object.keys(stacks))('%s: init writes its configuration, and its tests pass', async (name) => {
		using project = await installStack(name, tarball);
		await initialize(project);
		await passTests(project);
		const made = snapshots(project);
		expect(made).not.toEqual([]);
		await passTests(project);
		expect(snapshots(project), 'the second run makes no snapshot').toEqual(made);
		const migrations = commands[name];
		if (migrations !== undefined) await passTestsWith(project, migrations);
	});
});

/** Expects init to write what the example has. */
async function initialize({ home, run }: StackProject): Promise<void> {
	const configuration = readConfiguration(home);
	removeConfiguration(home);
	const { status, stdout, stderr } = await run('npx', 'slipway', 'init', '--yes');
	expect(status, stdout + stderr).toBe(0);
	expect(readConfiguration(home)).toEqual(configuration);
}

/** The same tests, with the tool's own command. */
async function passTestsWith(project: StackProject, migrations: object): Promise<void> {
	const [file = ''] = readdirSync(project.home).filter((name) => name.startsWith('slipway.config'));
	writeFileSync(join(project.home, file), `export default { migrations: ${JSON.stringify(migrations)} };\n`);
	await passTests(project);
}

async function passTests({ home, run }: StackProject): Promise<void> {
	const { status, stdout, stderr } = await run('npm', 'test');
	expect(status, stdout + stderr).toBe(0);
	expect(stripVTControlCharacters(stdout + stderr)).toMatch(summaryOf(countTests(home)));
}

/** What vitest and Jest, node:test, and Mocha print last. */
const summaryOf = (count: number) =>
	new RegExp(`Tests:? +${count} passed|pass ${count}$|${count} passing`, 'm');

const snapshots = ({ home }: StackProject) =>
	readdirSync(join(home, 'node_modules/.cache/slipway/snapshots')).toSorted();
