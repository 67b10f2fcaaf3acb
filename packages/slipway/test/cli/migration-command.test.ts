import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../helpers/child-process.ts';
import { makeProject, printQuery, slipway, startSlipway } from './project.ts';

/** Applies the files in `schema`, each of which has to be repeatable. */
const tool = `
	import { readdirSync, readFileSync } from 'node:fs';
	import { createRequire } from 'node:module';
	const postgres = createRequire('${projectRoot}/package.json')('postgres');
	const sql = postgres(process.env.DATABASE_URL, { onnotice: () => {} });
	for (const file of readdirSync('schema')) await sql.unsafe(readFileSync('schema/' + file, 'utf8'));
	await sql.end();`;

const files = {
	'tool.mjs': tool,
	'schema/1.sql': 'CREATE TABLE IF NOT EXISTS guest (name text)',
	'slipway.config.mjs': `export default {
		migrations: { command: 'node tool.mjs', inputs: ['schema', 'tool.mjs'] },
	};`,
};
const tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";

describe('a project whose migrations are a command', () => {
	test('has it run by "dev", and again when its inputs change', async () => {
		const project = makeProject(files);
		const dev = startSlipway(project, ['dev', '--', process.execPath, '-e', 'setInterval(() => {}, 1000)']);
		onTestFinished(async () => {
			dev.child.kill('SIGINT');
			await dev.finished;
		});
		await dev.printed(/applied node tool\.mjs/);
		writeFileSync(join(project, 'schema/2.sql'), 'CREATE TABLE IF NOT EXISTS visit ()');
		await dev.printed(/applied node tool\.mjs[\s\S]*applied node tool\.mjs/);
		const { stdout } = await slipway(project, ['url']);
		const query = ['-e', printQuery(tables)];
		const run = await slipway(project, ['run', '--', process.execPath, ...query]);
		expect(JSON.parse(run.stdout)).toEqual([{ tablename: 'guest' }, { tablename: 'visit' }]);
		expect(stdout).toMatch(/^postgres:/);
	});

	test('has it run by "migrate up" too; what needs a folder refuses', async () => {
		const project = makeProject(files);
		onTestFinished(async () => void (await slipway(project, ['down'])));
		await slipway(project, ['up']);
		writeFileSync(join(project, 'schema/2.sql'), 'CREATE TABLE IF NOT EXISTS visit ()');
		expect(await slipway(project, ['migrate', 'up'])).toMatchObject({
			status: 0,
			stdout: 'applied node tool.mjs\n',
		});
		expect(await slipway(project, ['migrate', 'up'])).toMatchObject({
			status: 0,
			stderr: 'nothing is pending\n',
		});
		expect(await slipway(project, ['migrate', 'down'])).toMatchObject({
			status: 1,
			stderr: expect.stringContaining(
				'slipway migrate down works on a folder of migrations, and this project\'s are the command "node tool.mjs"',
			),
		});
	});

	test('can be tried by hand on an empty database', async () => {
		const project = makeProject(files);
		const query = ['run', '--no-migrations', '--', process.execPath, '-e', printQuery(tables)];
		expect(await slipway(project, query)).toMatchObject({ status: 0, stdout: '[]\n', stderr: '' });
	});
});
