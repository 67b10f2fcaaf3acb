import { expect, inject, test } from 'vitest';
import { makeProject, pluginWith, runVitest, usePackage } from './project.ts';

usePackage();

const providers = inject('hasEngine') ? ['embedded', 'container'] : ['embedded'];
const providedBy = (provider: string) => ({
	SLIPWAY_POSTGRES: provider,
	POSTGRES_IMAGE: inject('postgres').image,
});

/** What each test does as the admin, and what it has changed. */
const changes = {
	'creates a role': ['CREATE ROLE extra', 'roles'],
	'sets a default of a role': ["ALTER ROLE app_user SET work_mem = '9MB'", 'roles'],
	'grants a role to another': ['GRANT pg_monitor TO app_user', 'roles'],
	'sets a default of the server': ["ALTER SYSTEM SET work_mem = '9MB'; SELECT pg_reload_conf()", 'settings'],
	'creates a database': ['CREATE DATABASE extra', 'databases'],
	'drops the template': ['ALTER DATABASE app IS_TEMPLATE false; DROP DATABASE app', 'roles and databases'],
	'unseals the template': ['ALTER DATABASE app ALLOW_CONNECTIONS true', 'databases'],
	'unseals and seals it': [
		'ALTER DATABASE app ALLOW_CONNECTIONS true; ALTER DATABASE app ALLOW_CONNECTIONS false',
		'databases',
	],
} as const;

/** Each test that changes something is followed by one that must not see it. */
const changing = `
	import { expect } from 'vitest';
	import { databaseTest as test } from 'slipway/vitest';
	for (const [name, [statements]] of Object.entries(${JSON.stringify(changes)})) {
		test(name, async ({ connect }) => {
			const admin = connect({ as: 'admin' });
			for (const statement of statements.split('; ')) await admin.unsafe(statement);
		});
		test('after: ' + name, async ({ sql, app, admin, connect }) => {
			expect(await connect()\`SHOW work_mem\`).toEqual([{ work_mem: '4MB' }]);
			expect(await sql\`SELECT rolname FROM pg_roles WHERE rolname = 'extra'
				OR pg_has_role('app_user', oid, 'member') AND rolname = 'pg_monitor'\`).toEqual([]);
			expect(await sql\`SELECT datname FROM pg_database WHERE datname = 'extra'
				OR datname = 'app' AND datallowconn\`).toEqual([]);
			expect(await sql\`SELECT text FROM note\`).toEqual([]);
		});
	}`;

test.each(providers)(
	'a databaseTest that changes what its server shares fails with advice, and no other test sees it (%s)',
	async (provider) => {
		const project = makeProject({ 'one.test.ts': changing, 'two.test.ts': changing });
		const args = ['--reporter=verbose', '--testTimeout=100000'];
		const { stdout, stderr } = await runVitest(project, args, providedBy(provider));
		const output = stdout + stderr;
		for (const [name, [, kind]] of Object.entries(changes)) {
			expect(output).toContain(`"${name}" (one.test.ts) changed the ${kind} of a server that it shares`);
			expect(output).toMatch(new RegExp(`✓ two.test.ts > after: ${name} `));
		}
		expect(output).toContain('Use `test` from slipway/vitest instead: its server belongs to the test file.');
		expect(output).toMatch(/Tests +16 failed \| 16 passed/);
	},
);

test('without the plugin, such a test fails in the same way', async () => {
	const project = makeProject({
		'one.test.ts': changing,
		'vitest.config.ts': 'export default { test: { testTimeout: 60_000 } }',
	});
	const { stdout, stderr } = await runVitest(project);
	expect(stderr).toContain('"creates a role" (one.test.ts) changed the roles of a server');
	expect(stdout + stderr).toMatch(/Tests +8 failed \| 8 passed/);
});

test('a change that a test undoes, or makes in its own database, is none', async () => {
	const project = makeProject({
		'one.test.ts': `
			import { databaseTest as test } from 'slipway/vitest';
			test('undoes it', async ({ connect }) => {
				const admin = connect({ as: 'admin' });
				await admin\`CREATE ROLE extra\`;
				await admin\`DROP ROLE extra\`;
			});
			test('has its own', async ({ app, connect }) => {
				const admin = connect({ as: 'admin' });
				await admin.unsafe('ALTER DATABASE "' + app.database + '" SET work_mem = \\'9MB\\'');
				await admin.unsafe('ALTER ROLE app_user IN DATABASE "' + app.database + '" SET work_mem = \\'9MB\\'');
				await admin.unsafe('CREATE SCHEMA extra; CREATE EXTENSION hstore');
			});`,
	});
	const { stdout, stderr } = await runVitest(project);
	expect(stdout + stderr).toMatch(/Tests +2 passed/);
});

test('a change by the app itself fails the file, and no other file sees it', async () => {
	const file = `
		import { expect } from 'vitest';
		import { databaseTest, transactionTest } from 'slipway/vitest';
		for (const [name, level] of Object.entries({ databaseTest, transactionTest }))
			level('first ' + name, async ({ sql }) => {
				expect(await sql\`SHOW work_mem\`).toEqual([{ work_mem: '4MB' }]);
			});
		databaseTest('changes itself', async ({ sql }) => { await sql\`ALTER ROLE app_user SET work_mem = '9MB'\`; });`;
	const project = makeProject({ 'one.test.ts': file, 'two.test.ts': file, 'three.test.ts': file });
	const { stdout, stderr } = await runVitest(project, ['--maxWorkers=1']);
	// The test before it may be checked at the same time.
	expect(stderr).toMatch(/"changes itself" \(two\.test\.ts\),? changed the roles of a server/);
	expect(stdout + stderr).toMatch(/Test Files +3 failed/);
	expect(stdout + stderr).toMatch(/Tests +9 passed/);
});

test('a failed test that changed the server has both errors, and its database is kept', async () => {
	const project = makeProject({
		'one.test.ts': `
			import { expect } from 'vitest';
			import { databaseTest as test } from 'slipway/vitest';
			test('fails', async ({ connect }) => {
				await connect({ as: 'admin' })\`CREATE ROLE extra\`;
				expect('one').toBe('another');
			});
			test('after', async ({ sql }) => {
				expect(await sql\`SELECT FROM pg_roles WHERE rolname = 'extra'\`).toEqual([]);
			});`,
	});
	const { stdout, stderr } = await runVitest(project);
	expect(stderr).toContain("expected 'one' to be 'another'");
	expect(stderr).toContain('"fails" (one.test.ts) changed the roles of a server');
	expect(stderr).toContain("The test's database is kept: PGPASSFILE=");
	expect(stdout).toMatch(/Tests +1 failed \| 1 passed/);
});

test('with a database per file, what a file changes of its server reaches no later file', async () => {
	const file = `
		import pg from 'pg';
		import { expect, test } from 'vitest';
		test('creates a role', async () => {
			const client = new pg.Client(process.env.DATABASE_URL);
			await client.connect();
			await client.query('CREATE ROLE extra');
			await client.end();
		});`;
	const project = makeProject({
		'one.test.ts': file,
		'two.test.ts': file,
		'vitest.config.ts': pluginWith("isolation: 'database', login: 'admin'"),
	});
	const { stdout, stderr } = await runVitest(project, ['--maxWorkers=1']);
	expect(stdout + stderr).toMatch(/Tests +2 passed/);
});

test('further databases, which all tests of a server share, are not shared with other files', async () => {
	const file = `
		import { expect } from 'vitest';
		import { databaseTest } from 'slipway/vitest';
		import { withClient } from '../node_modules/slipway/connection/index.js';
		const test = databaseTest.extend({ postgres: { databases: ['audit'] } });
		test('writes to it', async ({ sql, migrator }) => {
			await sql\`SELECT 1\`;
			await withClient({ ...migrator, database: 'audit' }, (audit) => audit\`CREATE TABLE entry ()\`);
		});`;
	const project = makeProject({ 'a/one.test.ts': file, 'a/two.test.ts': file });
	const { stdout, stderr } = await runVitest(project, ['--maxWorkers=1']);
	expect(stdout + stderr).toMatch(/Tests +2 passed/);
});

const prints = (fixture: string) => `
	import { ${fixture} as test } from 'slipway/vitest';
	for (const number of [1, 2, 3])
		test('prints ' + number, async ({ sql }) => {
			const [{ port, name }] = await sql\`SELECT inet_server_port() AS port, current_database() AS name\`;
			console.log('at ' + port + ' in ' + name);
		});`;

test('the files of a worker use databases on one server, and no two tests the same database', async () => {
	const project = makeProject({
		'database-1.test.ts': prints('databaseTest'),
		'database-2.test.ts': prints('databaseTest'),
		'transaction-1.test.ts': prints('transactionTest'),
		'transaction-2.test.ts': prints('transactionTest'),
	});
	const { stdout } = await runVitest(project, ['--maxWorkers=1']);
	const found = [...stdout.matchAll(/at (\d+) in (\w+)/g)];
	expect(found).toHaveLength(12);
	expect(new Set(found.map(([, port]) => port)).size).toBe(1);
	expect(new Set(found.map(([, , name]) => name)).size).toBe(8);
});

test('what a failed transactionTest changed of its role, which is committed with the rest, reaches no other test', async () => {
	const file = `
		import { expect } from 'vitest';
		import { transactionTest as test } from 'slipway/vitest';
		test('before', async ({ sql }) => {
			expect(await sql\`SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = 0\`).toEqual([]);
		});
		test('changes and fails', async ({ sql }) => {
			await sql\`ALTER ROLE app_user SET work_mem = '9MB'\`;
			expect(1).toBe(2);
		});`;
	const project = makeProject({ 'one.test.ts': file, 'two.test.ts': file });
	const { stdout, stderr } = await runVitest(project, ['--maxWorkers=1']);
	expect(stderr).toContain('"changes and fails" (two.test.ts) changed the roles of a server');
	expect(stdout).toMatch(/Tests +2 failed \| 2 passed/);
});
