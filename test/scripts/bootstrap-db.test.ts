import { join } from 'node:path';
import type { DatabaseSettings, PostgresServer } from 'slipway';
import { type Finished, projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { newDatabase, run } from 'slipway/test-helpers/new-database';
import { startTestServer } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

const script = join(projectRoot, 'scripts', 'bootstrap-db.ts');

/** Runs the command on the test's server, whatever a developer's `.env` says. */
function bootstrapDb(
	settings: DatabaseSettings,
	args: readonly string[] = [],
	environment: NodeJS.ProcessEnv = {},
): Promise<Finished> {
	const { admin } = server;
	const env = {
		DATABASE_URL: '',
		DB_HOST: admin.host,
		DB_PORT: String(admin.port),
		DB_SSLMODE: 'disable',
		DB_ADMIN_USERNAME: admin.username,
		DB_ADMIN_PASSWORD: admin.password,
		DATABASE_NAME: settings.name,
		DB_OWNER: settings.owner,
		DB_MIGRATOR_USERNAME: settings.migrator.username,
		DB_MIGRATOR_PASSWORD: settings.migrator.password,
		DB_USERNAME: settings.app.username,
		DB_PASSWORD: settings.app.password,
		NODE_ENV: 'development',
		...environment,
	};
	return runProcess(process.execPath, [script, ...args], { env });
}

describe('scripts/bootstrap-db', () => {
	test('prints each change on a line and says that the database is ready', async () => {
		const settings = newDatabase();
		const { status, stdout, stderr } = await bootstrapDb(settings);
		const lines = stdout.split('\n');
		expect(lines[0]).toBe(`created role "${settings.owner}"`);
		expect(lines.at(-2)).toBe(
			`database "${settings.name}" on ${server.admin.host}:${server.admin.port} is ready: 22 changes`,
		);
		expect(lines).toHaveLength(24);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		await run(server.admin, settings.name, settings.app, 'SELECT 1');
	});

	test('reports the second time that there is nothing to do', async () => {
		const settings = newDatabase();
		await bootstrapDb(settings);
		expect(await bootstrapDb(settings)).toEqual({
			status: 0,
			stdout: `nothing to do: database "${settings.name}" on ${server.admin.host}:${server.admin.port} is ready\n`,
			stderr: '',
		});
	});

	test('succeeds ten at once', async () => {
		const settings = newDatabase();
		const runs = await Promise.all(Array.from({ length: 10 }, () => bootstrapDb(settings)));
		// On a busy machine one may wait for long enough to say so.
		expect(runs.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
			Array.from({ length: 10 }, () => ({
				status: 0,
				stderr: expect.stringMatching(/^(waiting for the bootstrap lock, held by .*\n)*$/),
			})),
		);
		expect(runs.filter(({ stdout }) => stdout.includes('nothing to do'))).toHaveLength(9);
	});

	test('prints the changes and their SQL with --dry-run, and makes none', async () => {
		const settings = newDatabase();
		const { status, stdout } = await bootstrapDb(settings, ['--dry-run']);
		expect(status).toBe(0);
		expect(stdout).toContain(
			`would have created role "${settings.owner}"\n  CREATE ROLE "${settings.owner}" NOLOGIN;\n`,
		);
		expect(stdout).toMatch(/ needs 22 changes; none were made\n$/);
		const roles = `SELECT FROM pg_roles WHERE rolname = '${settings.owner}'`;
		expect(await run(server.admin, 'postgres', server.admin, roles)).toEqual([]);
	});

	test('prints with --check what differs as SQL, and exits with 1', async () => {
		const settings = newDatabase();
		await bootstrapDb(settings);
		const { username } = settings.app;
		expect(await bootstrapDb(settings, ['--check'])).toEqual({
			status: 0,
			stdout: '',
			stderr: expect.stringMatching(/ is as bootstrap makes it\n$/),
		});

		const drift = `REVOKE USAGE ON SCHEMA public FROM ${username}; GRANT ${settings.owner} TO ${username};
			ALTER ROLE ${username} PASSWORD 'another'`;
		await run(server.admin, settings.name, server.admin, drift);
		const { status, stdout, stderr } = await bootstrapDb(settings, ['--check']);
		expect(status).toBe(1);
		const [admin, owner] = [server.admin.username, settings.owner];
		expect(stdout.split('\n')).toEqual([
			`-- ALTER ROLE "${username}" PASSWORD '<SCRAM-SHA-256 verifier>'; -- would have set the password of role "${username}"`,
			`GRANT USAGE ON SCHEMA "public" TO "${username}"; -- would have granted USAGE on schema "public" to "${username}"`,
			`REVOKE "${owner}" FROM "${username}" GRANTED BY "${admin}"; -- would have removed role "${username}" from "${owner}"`,
			'',
		]);
		expect(stderr).toContain('2 differences to fix: scripts/bootstrap-db\n');
		expect(stderr).toContain('1 difference that should not be there: scripts/bootstrap-db --revoke\n');
		expect((await bootstrapDb(settings)).stderr).toContain('(scripts/bootstrap-db --revoke does it)');

		const report = JSON.parse((await bootstrapDb(settings, ['--check', '--json'])).stdout);
		expect(report).toMatchObject({
			isClean: false,
			changes: { length: 2 },
			excess: [{ summary: `removed role "${username}" from "${owner}"`, grants: [] }],
		});
		expect((await bootstrapDb(settings, ['--revoke'])).stdout).toMatch(/ is ready: 3 changes\n$/);
		expect(await bootstrapDb(settings, ['--check'])).toMatchObject({ status: 0, stdout: '' });
	});

	test('prints only one object with --json', async () => {
		const settings = newDatabase();
		const planned = JSON.parse((await bootstrapDb(settings, ['--json', '--dry-run'])).stdout);
		const done = JSON.parse((await bootstrapDb(settings, ['--json'])).stdout);
		expect(done).toMatchObject({
			database: settings.name,
			host: server.admin.host,
			port: server.admin.port,
			dryRun: false,
			changes: expect.arrayContaining([
				{ summary: `created role "${settings.owner}"`, sql: `CREATE ROLE "${settings.owner}" NOLOGIN` },
			]),
		});
		expect(planned).toEqual({ ...done, dryRun: true });
	});

	test('warns about what the app owns, with the fix, and succeeds', async () => {
		const settings = newDatabase();
		await bootstrapDb(settings);
		const { username } = settings.app;
		await run(
			server.admin,
			settings.name,
			server.admin,
			`SELECT lo_create(4711); ALTER LARGE OBJECT 4711 OWNER TO ${username}`,
		);
		const { status, stdout, stderr } = await bootstrapDb(settings);
		expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^nothing to do/) });
		expect(stderr).toBe(
			[
				`warning: the role "${username}" owns a large object in the database "${settings.name}"`,
				`  Give them to the owner, in the database "${settings.name}":`,
				`    REASSIGN OWNED BY "${username}" TO "${settings.owner}";`,
				'',
			].join('\n'),
		);
	});
});

describe('scripts/bootstrap-db fails, and reports the error and the fix', () => {
	test.each<[string, NodeJS.ProcessEnv, RegExp]>([
		[
			'nothing listens',
			{ DB_HOST: '127.0.0.1', DB_PORT: '1' },
			/^error: nothing listens on 127\.0\.0\.1:1\n {2}Start the/,
		],
		['the password is wrong', { DB_ADMIN_PASSWORD: 'wrong' }, /^error: .* does not accept the password of "/],
		[
			'the host is unknown',
			{ DB_HOST: 'no-such-host.invalid' },
			/^error: the host name "no-such-host.invalid"/,
		],
		['settings are wrong', { DB_PORT: 'x' }, /^error: the settings have an error:\n {2}DB_PORT="x"/],
		['the roles are not three', { DB_OWNER: 'same', DB_USERNAME: 'same' }, /^error: .*\n.*same role/],
	])('when %s', async (_, environment, message) => {
		const { status, stdout, stderr } = await bootstrapDb(newDatabase(), [], environment);
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect(stderr).toMatch(message);
		expect(stderr).not.toMatch(/\n {4}at |wrong$|for the app|for the migrator/);
	});

	test('when a role has too many privileges, with a stack trace only on request', async () => {
		const settings = newDatabase();
		const { admin } = server;
		await run(admin, 'postgres', admin, `CREATE ROLE ${settings.app.username} CREATEDB`);
		const quiet = await bootstrapDb(settings);
		expect(quiet).toMatchObject({ status: 1, stdout: '' });
		expect(quiet.stderr).toBe(
			[
				`error: the role "${settings.app.username}" has more privileges than the app of a database should have: it may create databases`,
				`  Set DB_USERNAME to another role, or remove these privileges from "${settings.app.username}" (scripts/bootstrap-db --revoke does it):`,
				`    ALTER ROLE "${settings.app.username}" NOCREATEDB;`,
				'',
			].join('\n'),
		);
		expect((await bootstrapDb(settings, ['--verbose'])).stderr).toMatch(/\n {4}at /);
	});
});
