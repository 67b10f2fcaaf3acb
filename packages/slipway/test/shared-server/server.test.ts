import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { currentProcess } from '../../src/postgres/index.ts';
import { parseTestServer } from '../../src/settings/index.ts';
import { checkFacts } from '../../src/shared-server/check-server.ts';
import { removeDead } from '../../src/shared-server/index.ts';
import { withLock } from '../../src/shared-server/lock.ts';
import { runOf } from '../../src/shared-server/names.ts';
import { runNote } from '../../src/shared-server/notes.ts';
import { quoteLiteral } from '../../src/sql.ts';
import { type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { migrationsDirectory } from '../helpers/own-database.ts';
import { useTeamServer } from './team-server.ts';

const server = useTeamServer();
const team = () => parseTestServer(server.teamUrl());

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

test('a role whose password the server does not check is not changed', async () => {
	const url = await server.urlFor('crowding', 'CREATEDB CREATEROLE');
	const roles = { owner: 'crowded_owner', migrator: 'crowded_migrator', app: 'crowded_app' };
	await (await start({ server: url, roles })).stop();
	await withClient(server.admin, (sql) => sql`ALTER ROLE crowded_app CONNECTION LIMIT 0`);
	const migrations = migrationsDirectory(migration('crowded'));
	await expect(start({ server: url, roles, migrations })).rejects.toMatchObject({
		code: 'too-many-connections',
	});
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

/** Ends the sessions that hold the locks of this process. */
const endSessions = () =>
	withClient(
		server.admin,
		(sql) =>
			sql`SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name LIKE 'slipway run%'`,
	);

const comment = (database: string, note: object) =>
	withClient(server.admin, (sql) =>
		sql.unsafe(`COMMENT ON DATABASE ${database} IS ${quoteLiteral(JSON.stringify(note))}`),
	);

test('a run that loses its session keeps its databases', async () => {
	await using database = await start();
	await endSessions();
	expect(await removeDead(team())).not.toContain(database.app.database);
});

test('the lock alone keeps the databases of a run on another machine, also after its session was lost', async () => {
	await using database = await start();
	const { database: name } = database.app;
	const elsewhere = { ...currentProcess(), machine: 'elsewhere', boot: 'another' };
	await comment(name, { ...runNote(runOf(name) ?? ''), ...elsewhere });
	expect(await removeDead(team())).not.toContain(name);
	await endSessions();
	await using _ = await start();
	expect(await removeDead(team())).not.toContain(name);
	expect(await server.databases()).toContain(name);
});

test('a database that a superuser is connected to does not keep others from being removed', async () => {
	const [used, dead] = ['slipway_test_000000000000000a_1', 'slipway_test_000000000000000b_1'];
	for (const name of [used, dead]) {
		await withClient(team(), (sql) => sql.unsafe(`CREATE DATABASE ${name}`));
		await comment(name, { ...runNote(runOf(name) ?? ''), expires: '2001-01-01T00:00:00.000Z' });
	}
	await withClient({ ...server.admin, database: used }, async () => {
		const removed = await removeDead(team());
		expect(removed).toContain(dead);
		expect(removed).not.toContain(used);
	});
});

test('a server that ends idle sessions ends neither that of a run nor that of a lock', async () => {
	const url = await server.urlFor('idle', 'CREATEDB');
	await withClient(server.admin, (sql) => sql`ALTER ROLE idle SET idle_session_timeout = '1s'`);
	await using _ = await start({ server: url, roles: false });
	await withLock(parseTestServer(url), 'idle', async () => {
		await sleep(1500);
		const sessions = await withClient(
			server.admin,
			(sql) =>
				sql`SELECT FROM pg_stat_activity WHERE usename = 'idle' AND application_name ~ '^slipway (run|lock)'`,
		);
		expect(sessions).toHaveLength(2);
	});
});

test('a server without free connections is an error that says so', async () => {
	const url = await server.urlFor('crowded', 'CREATEDB CREATEROLE CONNECTION LIMIT 0');
	await expect(start({ server: url })).rejects.toMatchObject({
		code: 'too-many-connections',
		message: expect.stringContaining('the shared test server cannot be used'),
	});
});
