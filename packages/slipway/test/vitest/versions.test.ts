import { beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from '../helpers/child-process.ts';
import { application, foundBy, unchangedTest } from './application.ts';
import { ensureVersions, makeProject, runVitest, usePackage } from './project.ts';

usePackage();
beforeAll(ensureVersions, 300_000);

const pools = ['forks', 'threads', 'vmThreads'];

/** Uses every fixture. */
const fixtures = `
	import pg from 'pg';
	import { describe, expect, test as plain } from 'vitest';
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	import { add } from './app.ts';
	const texts = async (sql) => (await sql\`SELECT text FROM note ORDER BY id\`).map(({ text }) => text);
	test('has the server of the application', async ({ sql, pool, app, migrator, admin, connect }) => {
		await add('one');
		await pool.query("INSERT INTO note (text) VALUES ('two')");
		expect(await texts(sql)).toEqual(['one', 'two']);
		for (const as of ['app', 'migrator', 'admin']) expect(await texts(connect({ as }))).toHaveLength(2);
		expect([app.url, migrator.user, admin.user]).toEqual([process.env.DATABASE_URL, 'app_migrator', 'postgres']);
	});
	for (const level of [databaseTest, transactionTest])
		for (const round of [1, 2])
			level('has its own rows, round ' + round, async ({ sql }) => {
				await sql\`INSERT INTO note (text) VALUES ('mine')\`;
				expect(await texts(sql)).toEqual(['mine']);
			});
	databaseTest.concurrent('has a client at the same time', async ({ connect, expect }) => {
		expect(await texts(connect({ max: 2 }))).toEqual([]);
	});`;

/** Tests with options that the others of the file do not have. */
const seeded = `
	import { expect } from 'vitest';
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	const postgres = { seed: "INSERT INTO note (text) VALUES ('seeded')" };
	const texts = async (sql) => (await sql\`SELECT text FROM note\`).map(({ text }) => text);
	for (const level of [test, databaseTest, transactionTest]) {
		level.extend({ postgres })('has the seed', async ({ sql }) => expect(await texts(sql)).toEqual(['seeded']));
		if (process.env.MIXED) level('has no seed', async ({ sql }) => expect(await texts(sql)).toEqual([]));
	}`;

const failing = `
	import { describe, expect } from 'vitest';
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	import { openClient } from 'slipway';
	describe('a group', () => {
		databaseTest('leaks', async ({ app }) => { await openClient(app)\`SELECT 1\`; });
		transactionTest('escapes', async ({ sql }) => { await sql.unsafe('COMMIT'); });
		test('fails', async ({ sql }) => expect(await sql\`SELECT 1\`).toEqual([]));
	});`;

describe.each(['vitest-3', 'vitest-4'])('%s', (version) => {
	test('every fixture and the environment work in every pool', async () => {
		const project = makeProject(
			{
				'app.ts': application,
				'fixtures.test.ts': fixtures,
				'seeded.test.ts': seeded,
				'unchanged.test.ts': unchangedTest,
				'unchanged-too.test.ts': unchangedTest,
				'vitest.config.ts': `
					import { slipway } from 'slipway/vitest/plugin';
					export default {
						plugins: [slipway()],
						test: { maxWorkers: 2, minWorkers: 1, projects: ${JSON.stringify(pools)}.map((pool) => ({ extends: true, test: { name: pool, pool } })) },
					};`,
			},
			version,
		);
		const { status, stdout, stderr } = await runVitest(project);
		expect(status, stdout + stderr).toBe(0);
		expect(stdout).toMatch(/Tests +33 passed/);
		expect(foundBy(stdout).map(({ notes }) => notes)).toEqual(Array(6).fill(0));
	});

	test('without isolation, the server in DATABASE_URL belongs to the worker', async () => {
		const files = { 'app.ts': application, 'one.test.ts': unchangedTest, 'two.test.ts': unchangedTest };
		const project = makeProject(files, version);
		const { stdout, stderr } = await runVitest(project, ['--no-isolate', '--no-file-parallelism']);
		expect(
			foundBy(stdout).map(({ notes }) => notes),
			stdout + stderr,
		).toEqual([0, 1]);
	});

	test('failures name the test with its groups', async () => {
		const project = makeProject({ 'failing.test.ts': failing }, version);
		const { status, stdout, stderr } = await runVitest(project);
		expect(status).toBe(1);
		expect(stdout + stderr).toContain('opened in "a group > leaks" (failing.test.ts)');
		expect(stderr).toContain('the test ended its own transaction or lost its connection');
		expect(stderr).toContain("The test's database is kept: ");
	});
});

test.each(['vitest-3', 'vitest-4-0'])(
	'%s: tests of one file with different options say so',
	async (version) => {
		const project = makeProject({ 'seeded.test.ts': seeded }, version);
		const { stdout, stderr } = await runVitest(project, [], { MIXED: 'yes' });
		expect(stderr).toMatch(/SlipwayError: vitest [\d.]+ gives all tests of a file the server of the first/);
		expect(stdout).toMatch(/Tests +3 failed \| 3 passed/);
	},
);

test('vitest-4: tests of one file can have different options', async () => {
	const project = makeProject({ 'seeded.test.ts': seeded }, 'vitest-4');
	expect(await runVitest(project, [], { MIXED: 'yes' })).toMatchObject({ status: 0 });
});

test('the plugin and the fixtures refuse an older version, and name it', async () => {
	const file =
		"import { test } from 'slipway/vitest';\ntest('asks', async ({ sql }) => { await sql`SELECT 1`; });";
	const withPlugin = await runVitest(makeProject({ 'one.test.ts': file }, 'vitest-2'));
	const without = { 'one.test.ts': file, 'vitest.config.ts': 'export default {}' };
	const withoutPlugin = await runVitest(makeProject(without, 'vitest-2'));
	for (const { status, stdout, stderr } of [withPlugin, withoutPlugin]) {
		expect(status).toBe(1);
		expect(stdout + stderr).toMatch(
			/slipway works with vitest 3\.2 and later, and this is vitest 2\.1\.9\n.*npm install --save-dev vitest@latest/,
		);
		expect(stdout + stderr).not.toContain('TypeError');
	}
});

const typed = `
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	import { slipway } from 'slipway/vitest/plugin';
	import type { Sql } from 'postgres';
	import { defineConfig } from 'vitest/config';
	export const config = defineConfig({ plugins: [slipway({ url: ['A_URL'], login: 'migrator', isolation: 'database' })] });
	export const withUser = test.extend<{ user: { id: number } }>({
		user: async ({ sql }, use) => use({ id: (await sql\`SELECT\`).length }),
	});
	withUser('a', ({ sql, user, connect }) => [sql satisfies Sql, user.id satisfies number, connect]);
	const fileScoped = test.extend<{ server: string }>({
		server: [async ({ app }: { app: { url: string } }, use: (url: string) => Promise<void>) => use(app.url), { scope: 'file' }],
	});
	fileScoped('b', ({ server, sql }) => [server satisfies string, sql satisfies Sql]);
	export const seeded = databaseTest.extend({ postgres: { seed: ['x'] } });
	seeded('c', ({ sql, pool }) => [sql satisfies Sql, pool]);
	export const rolledBack = transactionTest.extend({ postgres: { extensions: ['pg_trgm'] } });
	rolledBack('d', ({ sql }) => sql satisfies Sql);`;

test.each(['vitest', 'vitest-3', 'vitest-4'])(
	'%s: extended tests have their types, also in declarations',
	async (version) => {
		const project = makeProject({ 'typed.ts': typed }, version);
		const tsc = ['node_modules/typescript/lib/tsc.js', '--declaration', '--outDir', 'out', '--strict'];
		const options = ['--skipLibCheck', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
		const { status, stdout } = await runProcess(process.execPath, [...tsc, ...options, 'typed.ts'], {
			cwd: project,
		});
		expect(stdout).toBe('');
		expect(status).toBe(0);
	},
);
