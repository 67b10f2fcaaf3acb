import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverErrors } from '../../../src/database/bootstrap/admin-errors.ts';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { ServerState } from '../../../src/database/bootstrap/server-state.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import type { DatabaseSettings } from '../../../src/settings/index.ts';
import { formatError } from '../../../src/terminal/index.ts';
import { newDatabase, run } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

const asAdmin = (statements: string, database = 'postgres') =>
	run(server.admin, database, server.admin, statements);

/** The roles and databases of `settings` that exist. */
async function existing({ name }: DatabaseSettings): Promise<unknown[]> {
	const found = await asAdmin(`
		SELECT rolname AS name FROM pg_roles WHERE rolname ^@ '${name}'
		UNION ALL SELECT datname FROM pg_database WHERE datname ^@ '${name}' ORDER BY name`);
	return found.map((row) => row.name);
}

/** Expects bootstrap to fail with `code` and without changes. Returns the message and hint. */
async function refusal(settings: DatabaseSettings, code: string): Promise<string> {
	const before = await existing(settings);
	const error: unknown = await bootstrapDatabase(server.admin, settings).catch((each: unknown) => each);
	expect(error).toMatchObject({ code });
	expect(await existing(settings)).toEqual(before);
	return formatError(error, false);
}

/** Runs the statements in a hint, each in the database that it names, or in `postgres`. */
async function follow(hint: string, settings: DatabaseSettings): Promise<void> {
	const statements = hint.split('\n').filter((line) => line.startsWith('    '));
	expect(statements).not.toEqual([]);
	for (const statement of statements)
		await asAdmin(statement, statement.includes('in the database') ? settings.name : 'postgres');
}

type Names = { db: string; owner: string; migrator: string; app: string };

function namesOf({ name, owner, migrator, app }: DatabaseSettings): Names {
	return { db: name, owner, migrator: migrator.username, app: app.username };
}

describe('a role with too many privileges is rejected until the statement in the hint has run', () => {
	test.each<[(names: Names) => string, string]>([
		[
			({ app }) =>
				`CREATE ROLE ${app} SUPERUSER CREATEROLE CREATEDB REPLICATION BYPASSRLS IN ROLE pg_monitor`,
			'app" has more privileges than the app of a database should have: it is a superuser, may create roles, may create databases, may replicate, bypasses row security, is a member of "pg_monitor"\n',
		],
		[
			({ app, owner }) => `CREATE ROLE ${owner} LOGIN; CREATE ROLE ${app} IN ROLE ${owner}`,
			'owner" has more privileges than the owner of a database should have: it may log in\nthe role "',
		],
		[
			({ migrator, owner }) => `
				CREATE ROLE ${migrator} CREATEDB IN ROLE pg_monitor;
				CREATE ROLE ${owner}; GRANT ${owner} TO ${migrator} WITH ADMIN OPTION`,
			'migrator" has more privileges than the migrator of a database should have: it may create databases, is a member of "pg_monitor", may make others members of "',
		],
	])('%s', async (given, message) => {
		const settings = newDatabase();
		await asAdmin(given(namesOf(settings)));
		const text = await refusal(settings, 'role-has-other-rights');
		expect(text).toContain(message);
		await follow(text, settings);
		await bootstrapDatabase(server.admin, settings);
		expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
	});
});

test('the superuser that initdb created cannot be the owner', async () => {
	const { admin } = server;
	const second = newDatabase();
	await asAdmin(`CREATE ROLE ${second.name} SUPERUSER LOGIN PASSWORD 'second'`);
	const other = { ...admin, username: second.name, password: 'second' };
	const settings = { ...newDatabase(), owner: admin.username };
	const error: unknown = await bootstrapDatabase(other, settings).catch((each: unknown) => each);
	expect(error).toMatchObject({
		code: 'role-has-other-rights',
		hint: expect.stringMatching(/^Set DB_OWNER to another role; .* cannot be changed\.$/),
	});
});

test('a login that owns tables in the database is rejected until they belong to the owner', async () => {
	const settings = newDatabase();
	const { admin } = server;
	await bootstrapDatabase(admin, settings);
	await asAdmin(
		`CREATE TABLE public.things (id int); ALTER TABLE public.things OWNER TO ${settings.app.username}`,
		settings.name,
	);
	const text = await refusal(settings, 'role-has-other-rights');
	expect(text).toContain('it owns 1 object in the database');
	await follow(text, settings);
	const [change] = await bootstrapDatabase(admin, settings);
	expect(change?.summary).toMatch(/^granted SELECT, INSERT, UPDATE, DELETE on table public.things/);
});

test('a database of another role is rejected until it belongs to the owner', async () => {
	const settings = newDatabase();
	await asAdmin(`CREATE ROLE ${settings.name}_other`);
	await asAdmin(`CREATE DATABASE ${settings.name} OWNER ${settings.name}_other`);
	const text = await refusal(settings, 'database-belongs-to-other');
	expect(text).toContain(`belongs to "${settings.name}_other", not to "${settings.owner}"`);
	await follow(text, settings);
	await bootstrapDatabase(server.admin, settings);
	expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
});

test('a database that the admin created is rejected if tables in it belong to another role', async () => {
	const settings = newDatabase();
	await asAdmin(`CREATE DATABASE ${settings.name}`);
	await asAdmin('CREATE TABLE public.things (id int)', settings.name);
	const text = await refusal(settings, 'database-belongs-to-other');
	expect(text).toContain(
		`is in use: 1 of its tables, views and sequences do not belong to "${settings.owner}"`,
	);
	await follow(text, settings);
	await asAdmin(`ALTER TABLE public.things OWNER TO ${settings.owner}`, settings.name);
	await bootstrapDatabase(server.admin, settings);
	await run(server.admin, settings.name, settings.app, 'INSERT INTO things VALUES (1)');
});

test('a schema of another role is rejected until it belongs to the owner', async () => {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings);
	await asAdmin(
		`CREATE ROLE ${settings.name}_other; ALTER SCHEMA public OWNER TO ${settings.name}_other`,
		settings.name,
	);
	const text = await refusal(settings, 'schema-belongs-to-other');
	await follow(text, settings);
	await bootstrapDatabase(server.admin, settings);
	expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
});

test('a database that accepts no connections is rejected', async () => {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings);
	await asAdmin(`ALTER DATABASE ${settings.name} ALLOW_CONNECTIONS false`);
	expect(await refusal(settings, 'database-closed')).toContain('ALLOW_CONNECTIONS true');
});

test('a dry run fails for the same reasons', async () => {
	const settings = newDatabase();
	await asAdmin(`CREATE ROLE ${settings.app.username} CREATEDB`);
	await expect(bootstrapDatabase(server.admin, settings, { dryRun: true })).rejects.toMatchObject({
		code: 'role-has-other-rights',
	});
});

test('all errors are reported at once', async () => {
	const settings = newDatabase();
	await asAdmin(`CREATE ROLE ${settings.app.username} CREATEDB; CREATE ROLE ${settings.name}_other`);
	await asAdmin(`CREATE DATABASE ${settings.name} OWNER ${settings.name}_other`);
	await expect(bootstrapDatabase(server.admin, settings)).rejects.toMatchObject({
		errors: [{ code: 'role-has-other-rights' }, { code: 'database-belongs-to-other' }],
	});
});

test('the same role for two parts is rejected', async () => {
	const settings = newDatabase();
	await refusal({ ...settings, owner: settings.app.username }, 'roles-not-distinct');
	await refusal({ ...settings, app: server.admin }, 'roles-not-distinct');
});

describe("PostgreSQL's own names are rejected", () => {
	test.each(['postgres', 'template0', 'template1'])('for the database: %s', async (name) => {
		await refusal({ ...newDatabase(), name }, 'invalid-identifier');
	});

	test.each(['pg_app', 'public', 'none'])('for a role: %s', async (owner) => {
		await refusal({ ...newDatabase(), owner }, 'invalid-identifier');
	});
});

test('an unreachable server and a wrong password are reported', async () => {
	const settings = newDatabase();
	await expect(bootstrapDatabase({ ...server.admin, port: 1 }, settings)).rejects.toMatchObject({
		code: 'server-refuses',
	});
	await expect(bootstrapDatabase({ ...server.admin, password: 'wrong' }, settings)).rejects.toMatchObject({
		code: 'wrong-password',
	});
});

test('a server older than PostgreSQL 15 is rejected', () => {
	const version = (version: number) => serverErrors({ version } as ServerState);
	expect(version(140011)).toMatchObject([{ code: 'server-too-old', message: expect.stringContaining('14') }]);
	expect(version(150000)).toEqual([]);
});
