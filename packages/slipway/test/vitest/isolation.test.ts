import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { runProcess } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { makeProject, pluginWith, runVitest, usePackage } from './project.ts';
import { Samples } from './samples.ts';

usePackage();

/** Three tests that write a note each and count the notes they see. */
const testFile = (fixture: 'test' | 'databaseTest' | 'transactionTest', perTest: boolean) => `
	import { expect } from 'vitest';
	import { ${fixture} as test } from 'slipway/vitest';
	for (const number of [1, 2, 3])
		test('test ' + number, async ({ sql }) => {
			await sql\`INSERT INTO note (text) VALUES (\${'note ' + ${perTest ? '0' : 'number'}})\`;
			const [row] = await sql\`SELECT current_user AS role, count(*)::int AS notes FROM note\`;
			expect(row).toEqual({ role: 'app_user', notes: ${perTest ? '1' : 'number'} });
		});`;

const testFiles = {
	'server-1.test.ts': testFile('test', false),
	'server-2.test.ts': testFile('test', false),
	'database-1.test.ts': testFile('databaseTest', true),
	'database-2.test.ts': testFile('databaseTest', true),
	'transaction-1.test.ts': testFile('transactionTest', true),
	'transaction-2.test.ts': testFile('transactionTest', true),
};

describe.each(['forks', 'threads', 'vmThreads'])('in the pool %s', (pool) => {
	test.each(['--isolate', '--no-isolate'])(
		'with %s, no test sees what another test wrote',
		async (isolate) => {
			// Otherwise the server in DATABASE_URL, which `test` uses too, belongs to the worker without isolation.
			const project = makeProject({ ...testFiles, 'vitest.config.ts': pluginWith('url: false') });
			const { status, stdout, stderr } = await runVitest(project, [`--pool=${pool}`, isolate]);
			expect(status, stdout + stderr).toBe(0);
			expect(stdout).toMatch(/Tests +18 passed/);
		},
	);
});

test('without the plugin, a test file starts its own server', async () => {
	const project = makeProject({ ...testFiles, 'vitest.config.ts': 'export default {}' });
	const { status, stdout, stderr } = await runVitest(project, [
		...['server-1', 'database-1', 'transaction-1'],
		'--testTimeout=30000', // The plugin would set it.
	]);
	expect(status, stdout + stderr).toBe(0);
	expect(stdout).toMatch(/Tests +9 passed/);
});

test('the shards of a run divide the test files', async () => {
	const project = makeProject(testFiles);
	const [one, two] = await Promise.all([
		runVitest(project, ['--shard=1/2']),
		runVitest(project, ['--shard=2/2']),
	]);
	expect([one.status, two.status], one.stdout + two.stdout).toEqual([0, 0]);
	expect(one.stdout).toMatch(/Tests +9 passed/);
	expect(two.stdout).toMatch(/Tests +9 passed/);
});

test('each project of a workspace has its own migrations, and all projects share one broker', async () => {
	const checks = (table: string) => `
		import { expect, inject } from 'vitest';
		import { test } from 'slipway/vitest';
		test('tables', async ({ sql }) => {
			console.log('broker ' + inject('slipway').address.port);
			expect(await sql\`SELECT tablename FROM pg_tables WHERE schemaname = 'public'\`).toEqual([{ tablename: '${table}' }]);
		});`;
	const project = makeProject({
		'vitest.config.ts': `
			import { defineConfig } from 'vitest/config';
			export default defineConfig({ test: { projects: ['one', 'two'] } });`,
		'one/vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway()], test: { name: 'one' } };`,
		'one/migrations/20260101000000000_one.sql':
			'-- Up Migration\nCREATE TABLE one ();\n-- Down Migration\nDROP TABLE one;',
		'one/one.test.ts': checks('one'),
		'two/vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway({ migrations: 'schema' })], test: { name: 'two' } };`,
		'two/schema/20260101000000000_two.sql':
			'-- Up Migration\nCREATE TABLE two ();\n-- Down Migration\nDROP TABLE two;',
		'two/two.test.ts': checks('two'),
	});
	const { status, stdout, stderr } = await runVitest(project);
	expect(status, stdout + stderr).toBe(0);
	const brokers = [...stdout.matchAll(/broker (\d+)/g)].map(([, port]) => port);
	expect(brokers).toHaveLength(2);
	expect(new Set(brokers).size).toBe(1);
});

test('snapshots are stored in the project, wherever vitest is started', async () => {
	const project = makeProject({
		'vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway()] };`,
		'one.test.ts': `
			import { test } from 'slipway/vitest';
			test('asks', async ({ sql }) => { await sql\`SELECT 1\`; });`,
		'two.test.ts': `
			import { test } from 'slipway/vitest';
			test.extend({ postgres: { snapshots: 'kept' } })('asks', async ({ sql }) => { await sql\`SELECT 1\`; });`,
	});
	const vitest = join(project, 'node_modules/vitest/vitest.mjs');
	const ended = await runProcess(process.execPath, [vitest, 'run', '--root', project], {
		cwd: temporaryDirectory(),
	});
	expect(ended.status, ended.stdout + ended.stderr).toBe(0);
	for (const folder of ['node_modules/.cache/slipway/snapshots', 'kept'])
		expect(readdirSync(join(project, folder)).join()).toMatch(/\.tar/);
});

test('with url: false, tests that do not use PostgreSQL do not start it', async () => {
	const project = makeProject({
		'plain.test.ts': `
			import { readdirSync } from 'node:fs';
			import { tmpdir } from 'node:os';
			import { expect } from 'vitest';
			import { databaseTest, test, transactionTest } from 'slipway/vitest';
			for (const level of [test, databaseTest, transactionTest])
				level('finds no server', () => {
					expect(readdirSync(tmpdir()).filter((name) => name.startsWith('slipway-'))).toEqual([]);
				});`,
		'tmp/.keep': '',
		'vitest.config.ts': pluginWith('url: false'),
	});
	const { status, stdout, stderr } = await runVitest(project, [], { TMPDIR: `${project}/tmp` });
	expect(status, stdout + stderr).toBe(0);
	expect(stdout).toMatch(/Tests +3 passed/);
});

const samples = new Samples({
	'migrations/20260102000000000_mood.sql': "CREATE TYPE mood AS ENUM ('calm', 'wild');",
	'other/20260101000000000_other.sql':
		'-- Up Migration\nCREATE TABLE other (x int);\n-- Down Migration\nDROP TABLE other;',
	'seeds/other.sql': 'INSERT INTO other VALUES (5);',
});

samples.test(
	'the client reads and writes arrays, and can reserve connections',
	`
		import { expect } from 'vitest';
		import { databaseTest, test, transactionTest } from 'slipway/vitest';
		const moods = ['calm', 'wild'];
		const selectMoods = (sql) => sql\`SELECT \${moods}::mood[] AS list, \${'{wild}'}::text::mood[] AS read\`;
		for (const level of [test, databaseTest, databaseTest]) {
			level('reserves', async ({ sql }) => {
				const [one, two] = [await sql.reserve(), await sql.reserve()];
				expect(await one\`SELECT ARRAY[1, 2] AS list\`).toEqual([{ list: [1, 2] }]);
				expect(await two\`SELECT \${['a', 'b']}::text[] AS list\`).toEqual([{ list: ['a', 'b'] }]);
				expect(await sql\`SELECT \${sql.array(['a', 'b'])} AS list\`).toEqual([{ list: ['a', 'b'] }]);
				for (const each of [one, two]) each.release();
			});
			level('opens other clients that know the types of the migrations', async ({ connect }) => {
				for (const as of ['app', 'migrator', 'admin'])
					expect(await selectMoods(connect({ as }))).toEqual([{ list: moods, read: ['wild'] }]);
			});
		}
		for (const level of [test, databaseTest, databaseTest, transactionTest, transactionTest])
			level('knows the types of the migrations', async ({ sql }) => {
				expect(await selectMoods(sql)).toEqual([{ list: moods, read: ['wild'] }]);
			});
		test('keeps all connections', async ({ sql }) => {
			for (let count = 1; count <= 4; count++) await sql.reserve();
		});`,
	({ failed, passed, output }) => {
		expect(failed, output).toEqual([]);
		expect(passed).toHaveLength(12);
	},
);

for (const [fixture, id] of Object.entries({ databaseTest: '1', transactionTest: 'expect.any(Number)' }))
	samples.test(
		`${fixture}: twenty concurrent tests write the same row, and each sees only its own`,
		`
			import { ${fixture} as test } from 'slipway/vitest';
			for (let number = 0; number < 20; number++)
				test.concurrent('test ' + number, async ({ sql, expect }) => {
					await sql\`INSERT INTO note (text) VALUES ('the same')\`;
					await sql\`SELECT pg_sleep(0.05)\`;
					expect(await sql\`SELECT id, text FROM note\`).toEqual([{ id: ${id}, text: 'the same' }]);
				});`,
		({ failed, passed, output }) => {
			expect(failed, output).toEqual([]);
			expect(passed).toHaveLength(20);
		},
	);

samples.test(
	'a test file can mix isolation levels test by test',
	`
		import { expect } from 'vitest';
		import { databaseTest, test, transactionTest } from 'slipway/vitest';
		for (const level of [test, databaseTest, transactionTest, databaseTest, transactionTest])
			level('writes the first note', async ({ sql }) => {
				await sql\`INSERT INTO note (text) VALUES ('first')\`;
				expect(await sql\`SELECT text FROM note\`).toEqual([{ text: 'first' }]);
			});`,
	({ failed, passed, output }) => {
		expect(failed, output).toEqual([]);
		expect(passed).toHaveLength(5);
	},
);

samples.test(
	'a test file can seed its server in beforeAll, and set other migrations and seeds',
	`
		import { expect } from 'vitest';
		import { databaseTest, test as base } from 'slipway/vitest';
		const test = base.extend({
			postgres: { migrations: 'other', seed: ['seeds/other.sql', 'INSERT INTO other VALUES (6)'] },
		});
		test.beforeAll(async ({ sql }) => { await sql\`INSERT INTO other VALUES (7)\`; });
		test('sees the seeds', async ({ sql }) => {
			expect(await sql\`SELECT x FROM other ORDER BY x\`).toEqual([{ x: 5 }, { x: 6 }, { x: 7 }]);
		});
		databaseTest('has the migrations of the project', async ({ sql }) => {
			expect(await sql\`SELECT * FROM note\`).toEqual([]);
		});`,
	({ failed, passed, output }) => {
		expect(failed, output).toEqual([]);
		expect(passed).toHaveLength(2);
	},
);

/** Looks for what another test file, or an earlier test, would have left on the server. */
const traces = `
	import { expect } from 'vitest';
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	const next = (sql) => sql\`SELECT nextval('note_id_seq')::int AS id\`;
	const own = async (sql, admin) => {
		expect(await admin\`SELECT FROM pg_roles WHERE rolname = 'only_here'\`).toEqual([]);
		await admin\`CREATE ROLE only_here\`;
		expect(await sql\`SHOW work_mem\`).toEqual([{ work_mem: '4MB' }]);
		await admin\`ALTER ROLE app_user SET work_mem = '9MB'\`;
		expect(await next(sql)).toEqual([{ id: 1 }]);
	};
	test('server', async ({ sql, connect }) => own(sql, connect({ as: 'admin' })));
	databaseTest('database', async ({ sql, admin }) => {
		expect(await sql\`SELECT FROM pg_roles WHERE rolname = 'only_here'\`).toEqual([]);
		expect(await sql\`SHOW work_mem\`).toEqual([{ work_mem: '4MB' }]);
		expect(await next(sql)).toEqual([{ id: 1 }]);
	});
	databaseTest('another database', async ({ sql }) => { expect(await next(sql)).toEqual([{ id: 1 }]); });
	transactionTest('transaction', async ({ sql }) => { expect(await next(sql)).toEqual([{ id: 1 }]); });`;

test.each(inject('hasEngine') ? ['embedded', 'container'] : ['embedded'])(
	'roles, role settings and sequences are not visible in another test file (%s)',
	async (provider) => {
		const project = makeProject({ 'one.test.ts': traces, 'two.test.ts': traces });
		const { status, stdout, stderr } = await runVitest(project, ['--testTimeout=100000'], {
			SLIPWAY_POSTGRES: provider,
			POSTGRES_IMAGE: inject('postgres').image,
		});
		expect(status, stdout + stderr).toBe(0);
		expect(stdout).toMatch(/Tests +8 passed/);
	},
);

test.skipIf(!inject('hasEngine'))('all isolation levels work on servers in containers', async () => {
	const project = makeProject({
		...testFiles,
		'vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway({ provider: 'container', image: '${inject('postgres').image}' })], test: { testTimeout: 100_000 } };`,
	});
	const { status, stdout, stderr } = await runVitest(project, ['server-1', 'database-1', 'transaction-1']);
	expect(status, stdout + stderr).toBe(0);
	expect(stdout).toMatch(/Tests +9 passed/);
});
