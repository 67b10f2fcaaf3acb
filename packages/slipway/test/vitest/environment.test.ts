import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { application, foundBy, unchangedTest } from './application.ts';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

const config = (options: string, more = '') => `
	import { slipway } from 'slipway/vitest/plugin';
	export default { plugins: [slipway({ ${options} })], test: { maxWorkers: 2, ${more} } };`;

const pools = ['forks', 'threads', 'vmForks', 'vmThreads'];
const projects = `projects: ${JSON.stringify(pools)}.map((pool) => ({ extends: true, test: { name: pool, pool } }))`;
const unchanged = {
	'app.ts': application,
	'one.test.ts': unchangedTest,
	'two.test.ts': unchangedTest,
	'three.test.ts': unchangedTest,
};

/** Runs vitest with a temporary folder of its own, and finds nothing left there. */
async function run(files: Readonly<Record<string, string>>, args: readonly string[] = []) {
	const project = makeProject(files);
	const temporary = join(project, 'tmp');
	mkdirSync(temporary);
	const { status, stdout, stderr } = await runVitest(project, args, { TMPDIR: temporary });
	expect(readdirSync(temporary).filter((name) => name.startsWith('slipway-'))).toEqual([]);
	return { status, output: stdout + stderr };
}

test('an application with a pool of its module has a server per test file, in every pool of vitest', async () => {
	const { status, output } = await run({ ...unchanged, 'vitest.config.ts': config('', projects) });
	expect(status, output).toBe(0);
	expect(output).not.toMatch(/unhandled|error/i);
	const found = foundBy(output);
	expect(found.map(({ notes }) => notes)).toEqual(Array(12).fill(0));
	expect(new Set(found.map(({ port }) => port)).size).toBe(12);
});

test('without isolation, the server belongs to the worker, whose modules keep its URL', async () => {
	const inOneWorker = `fileParallelism: false, ${projects}`;
	const { status, output } = await run({ ...unchanged, 'vitest.config.ts': config('', inOneWorker) }, [
		'--no-isolate',
	]);
	expect(status, output).toBe(0);
	expect(output).not.toMatch(/unhandled|error/i);
	const notes = foundBy(output).map((each) => each.notes);
	// VM contexts are always isolated.
	expect(notes.toSorted()).toEqual([...Array(8).fill(0), 1, 1, 2, 2]);
});

test('with a database per file, the files of a worker share a server', async () => {
	const { status, output } = await run({
		...unchanged,
		'vitest.config.ts': config("isolation: 'database'", 'fileParallelism: false'),
	});
	expect(status, output).toBe(0);
	const found = foundBy(output);
	expect(found.map(({ notes }) => notes)).toEqual([0, 0, 0]);
	expect(new Set(found.map(({ port }) => port)).size).toBe(1);
});

const mixedTest = `
	import { expect } from 'vitest';
	import { databaseTest, test } from 'slipway/vitest';
	import { add, list, url } from './app.ts';
	test('the fixture and the application see the same rows', async ({ sql, app }) => {
		await add('by the application');
		await sql\`INSERT INTO note (text) VALUES ('by the fixture')\`;
		expect(await list()).toEqual(['by the application', 'by the fixture']);
		expect(app.url).toBe(url);
	});
	test.extend({ postgres: { settings: { max_connections: '20' } } })('other options', async ({ sql, app }) => {
		expect(app.url).not.toBe(url);
		expect(await sql\`SELECT FROM note\`).toHaveLength(0);
	});
	databaseTest('a database per test', async ({ sql }) => {
		expect(await sql\`SELECT FROM note\`).toHaveLength(0);
	});`;

test('fixtures with the same options use the server in DATABASE_URL', async () => {
	const files = { 'app.ts': application, 'one.test.ts': mixedTest, 'two.test.ts': mixedTest };
	const servers = { ...files, 'vitest.config.ts': config('') };
	const { status, output } = await run(servers);
	expect(status, output).toBe(0);
	const databases = { ...files, 'vitest.config.ts': config("isolation: 'database'") };
	expect((await run(databases)).status).toBe(0);
});

test('the pool of the application is no leak, unless the project says so', async () => {
	const file = `
		import { expect } from 'vitest';
		import { test } from 'slipway/vitest';
		import { list } from './app.ts';
		test('lists', async ({ sql }) => { expect(await list()).toEqual(await sql\`SELECT text FROM note\`); });`;
	const { status, output } = await run({
		'app.ts': application,
		'leaks.test.ts': file,
		'vitest.config.ts': config("leaks: 'fail'"),
	});
	expect(status).toBe(1);
	expect(output).toMatch(/1 connection was not closed/);
});

const prints = (names: readonly string[]) => `
	import { expect, test } from 'vitest';
	test('prints', () => {
		for (const name of ${JSON.stringify(names)})
			console.log(name + '=' + (process.env[name] ?? 'unset').replace(/^postgres:.*@/, 'url of ').replace(/:\\d+/, ''));
	});`;

test('options name the variables and the login, and win over test.env with a warning', async () => {
	const names = ['DATABASE_URL', 'TEST_URL', 'OTHER_URL', 'PGUSER', 'PGDATABASE', 'PGOPTIONS'];
	const { status, output } = await run({
		'one.test.ts': prints(names),
		'setup.ts': "console.log('set up with ' + process.env.PGUSER)",
		'vitest.config.ts': config(
			"url: ['TEST_URL', 'OTHER_URL'], login: 'migrator'",
			"setupFiles: ['setup.ts'], env: { DATABASE_URL: 'mine', TEST_URL: 'mine', PGOPTIONS: '-c a.b=c' }",
		),
	});
	expect(status, output).toBe(0);
	expect(output).toContain('set up with app_migrator');
	for (const line of ['DATABASE_URL=mine', 'PGUSER=app_migrator', 'PGDATABASE=app', 'PGOPTIONS=unset'])
		expect(output).toContain(line);
	expect(output.match(/(TEST|OTHER)_URL=url of 127\.0\.0\.1\/app/g)).toHaveLength(2);
	expect(output.split('TEST_URL in test.env is ignored')).toHaveLength(2);
});

test('url: false leaves the environment alone', async () => {
	const { status, output } = await run({
		'one.test.ts': prints(['DATABASE_URL']),
		'vitest.config.ts': config('url: false', "env: { DATABASE_URL: 'mine' }"),
	});
	expect(status, output).toBe(0);
	expect(output).toContain('DATABASE_URL=mine');
	expect(output).not.toContain('slipway:');
});

test('a server that cannot start fails each file with its message, once', async () => {
	const { status, output } = await run({
		...unchanged,
		'migrations/20260102000000000_wrong.sql': '-- Up Migration\nCREATE TABEL x ();\n-- Down Migration\n',
		'vitest.config.ts': config(''),
	});
	expect(status).toBe(1);
	// vitest prints the same error of several files once.
	expect(output.match(/SlipwayError: .*20260102000000000_wrong\.sql/g)).toHaveLength(1);
	expect(output).toMatch(/Test Files +3 failed/);
	expect(output).not.toContain('node_modules/slipway');
});

test('a project without migrations is warned of only when a test uses its database', async () => {
	const files = {
		'plain.test.ts': prints(['PGUSER']),
		'vitest.config.ts': config("migrations: 'database'"),
		'database/.gitkeep': '',
	};
	expect((await run(files)).output).not.toContain('no migrations applied');
	const used = `
		import pg from 'pg';
		import { test } from 'vitest';
		const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
		test('asks', async () => { await pool.query('SELECT 1'); });`;
	const { output } = await run({ ...files, 'used.test.ts': used, 'also.test.ts': used });
	expect(output.split('slipway: no migrations applied')).toHaveLength(2);
});
