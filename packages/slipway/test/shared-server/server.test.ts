import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { parseTestServer } from '../../src/settings/index.ts';
import { checkFacts } from '../../src/shared-server/check-server.ts';
import { removeDead } from '../../src/shared-server/index.ts';
import { type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { migrationsDirectory } from '../helpers/own-database.ts';
import { useTeamServer } from './team-server.ts';

const server = useTeamServer();

const migration = (name: string) => ({
	[`1_${name}`]: `-- Up Migration\nCREATE TABLE ${name} (id int);\n-- Down Migration\nDROP TABLE ${name};`,
});

const start = (options: StartPostgresOptions = {}) =>
	startPostgres({ provider: 'external', server: server.teamUrl(), migrations: false, ...options });

test('the migrations are applied once, and each start gets a clone', async () => {
	const migrations = migrationsDirectory(migration('applied_once'));
	await using first = await start({ migrations });
	const before = await server.databases('slipway_template%');
	await using second = await start({ migrations });
	expect(await server.databases('slipway_template%')).toEqual(before);
	await withClient(first.app, (sql) => sql`INSERT INTO applied_once VALUES (1)`);
	expect([...(await withClient(second.app, (sql) => sql`SELECT * FROM applied_once`))]).toEqual([]);
});

test('the roles have the rights that they have on a server of their own', async () => {
	await using database = await start({ migrations: migrationsDirectory(migration('rights')) });
	await expect(withClient(database.app, (sql) => sql`DROP TABLE rights`)).rejects.toThrow('must be owner');
	const rows = await withClient(
		database.migrator,
		(sql) => sql`SELECT session_user AS login, current_user AS role, current_setting('search_path') AS path`,
	);
	expect(rows[0]).toEqual({ login: 'app_migrator', role: 'app_owner', path: 'public' });
	// Other databases of the server are as they were.
	await withClient({ ...database.app, database: 'postgres' }, (sql) => sql`SELECT 1`);
});

test('the comment on a database says whose it is, and stop drops it', async () => {
	const database = await start();
	const [row] = await withClient(
		server.admin,
		(sql) => sql<{ comment: string }[]>`
			SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database
			WHERE datname = ${database.app.database}`,
	);
	expect(JSON.parse(row?.comment ?? '')).toMatchObject({
		slipway: 'test',
		pid: process.pid,
		expires: expect.stringMatching(/^\d{4}-/),
	});
	await database.stop();
	expect(await server.databases()).not.toContain(database.app.database);
});

test('without roles, a login that may create databases is enough', async () => {
	const url = await server.urlFor('only_createdb', 'CREATEDB');
	const migrations = migrationsDirectory(migration('no_roles'));
	await using database = await start({ server: url, roles: false, migrations });
	expect(database.app.username).toBe('only_createdb');
	await withClient(database.app, (sql) => sql`INSERT INTO no_roles VALUES (1)`);
});

test.each([
	['may not create databases', 'no_createdb', 'CREATEROLE', 'ALTER ROLE "no_createdb" CREATEDB;'],
	['may not create roles', 'no_createrole', 'CREATEDB', 'ALTER ROLE "no_createrole" CREATEROLE;'],
])('a login that %s is refused', async (what, name, attributes, fix) => {
	const url = await server.urlFor(name, attributes);
	await expect(start({ server: url })).rejects.toMatchObject({
		code: 'test-server-rights',
		message: expect.stringContaining(what),
		hint: expect.stringContaining(fix),
	});
});

test('trusted extensions can be used, and others are refused', async () => {
	await using database = await start({ extensions: ['pg_trgm'] });
	await withClient(database.app, (sql) => sql`SELECT similarity('a', 'b')`);
	await expect(start({ extensions: ['amcheck'] })).rejects.toMatchObject({
		code: 'extension-denied',
		message: expect.stringMatching(/^"team" may not create the extension "amcheck"/),
	});
});

test('roles that another login created are refused and not changed, and others can be used', async () => {
	await using _ = await start();
	const url = await server.urlFor('neighbour', 'CREATEDB CREATEROLE');
	await expect(start({ server: url })).rejects.toMatchObject({
		code: 'role-of-others',
		message: expect.stringContaining('"app_user"'),
	});
	const roles = { owner: 'next_owner', migrator: 'next_migrator', app: 'next_app' };
	await using own = await start({ server: url, roles });
	expect(own.app.username).toBe('next_app');
});

test.each([
	[{ settings: { work_mem: '1MB' } }, 'settings'],
	[{ replication: true, databases: ['reports'] }, 'replication, databases'],
	[{ logins: [{ name: 'reader', password: 'x' }] }, 'logins'],
	[{ migrations: { command: 'true', inputs: ['.'], as: 'admin' } }, "migrations.as: 'admin'"],
] satisfies [StartPostgresOptions, string][])('%j needs a server of its own', async (options, names) => {
	await expect(start(options)).rejects.toMatchObject({
		code: 'needs-own-server',
		message: expect.stringContaining(`cannot have ${names}:`),
		hint: expect.stringContaining("provider: 'embedded'"),
	});
});

test('a server that is too old, missing or of another version is refused', async () => {
	const admin = { ...server.admin, host: 'old.example' };
	const facts = { version: 140_011, createsRoles: true, createsDatabases: true };
	expect(() => checkFacts(facts, admin)).toThrow('runs PostgreSQL 14; Slipway needs 15 or later');
	await expect(startPostgres({ provider: 'external', migrations: false })).rejects.toMatchObject({
		code: 'no-test-server',
	});
	await expect(start({ version: 17 })).rejects.toMatchObject({ code: 'version-mismatch' });
});

test('a template that somebody changed is made again', async () => {
	const warnings: string[] = [];
	const listen = ({ message }: Error) => void warnings.push(message);
	process.on('warning', listen);
	onTestFinished(() => void process.off('warning', listen));
	const options = { migrations: migrationsDirectory(migration('changed')) };
	const before = await server.databases('slipway_template%');
	await (await start(options)).stop();
	const after = await server.databases('slipway_template%');
	const template = after.find((name) => !before.includes(name)) ?? '';
	const change = (text: string, database = 'postgres') =>
		withClient({ ...server.admin, database }, (sql) => sql.unsafe(text));
	await change(`ALTER DATABASE ${template} ALLOW_CONNECTIONS true`);
	await change('INSERT INTO changed VALUES (1)', template);
	await change(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
	await using database = await start(options);
	expect([...(await withClient(database.app, (sql) => sql`SELECT * FROM changed`))]).toEqual([]);
	expect(warnings).toEqual([expect.stringContaining(`The template ${template} on the shared test server`)]);
});

test('a run that loses its session keeps its databases, and gets its lock back', async () => {
	await using database = await start();
	const { database: name } = database.app;
	await withClient(
		server.admin,
		(sql) =>
			sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'slipway run%'`,
	);
	expect(await removeDead(parseTestServer(server.teamUrl()))).not.toContain(name);
	await using another = await start();
	expect(await server.databases('slipway_test%')).toEqual(
		expect.arrayContaining([name, another.app.database]),
	);
});

test('a server without free connections is an error that says so', async () => {
	const url = await server.urlFor('crowded', 'CREATEDB CREATEROLE CONNECTION LIMIT 0');
	await expect(start({ server: url })).rejects.toMatchObject({
		code: 'too-many-connections',
		message: expect.stringContaining('the shared test server cannot be used'),
	});
});
