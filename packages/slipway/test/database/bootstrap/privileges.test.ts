import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { newDatabase, run } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
const settings = newDatabase();
beforeAll(async () => {
	server = await startTestServer();
	await bootstrapDatabase(server.admin, settings);
	await asMigrator(`
		CREATE TABLE things (id serial PRIMARY KEY, name text);
		CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
		CREATE TABLE slipway.ledger (name text);
		INSERT INTO slipway.ledger VALUES ('first')`);
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

const asApp = (statements: string) => run(server.admin, settings.name, settings.app, statements);
const asMigrator = (statements: string) => run(server.admin, settings.name, settings.migrator, statements);
const asAdmin = (statements: string) => run(server.admin, settings.name, server.admin, statements);

describe('the app', () => {
	test('reads and writes data in tables made after bootstrap', async () => {
		const rows = await asApp(`
			INSERT INTO things (name) VALUES ('a'), ('b');
			UPDATE things SET name = 'c' WHERE name = 'b';
			DELETE FROM things WHERE name = 'a';
			SELECT name, add(1, 2) AS sum, currval('things_id_seq')::int AS last FROM things`);
		expect(rows).toEqual([{ name: 'c', sum: 3, last: 2 }]);
	});

	test('reads the ledger', async () => {
		expect(await asApp('SELECT name FROM slipway.ledger')).toEqual([{ name: 'first' }]);
	});

	test.each([
		'TRUNCATE things',
		'DROP TABLE things',
		'ALTER TABLE things ADD COLUMN more int',
		'CREATE INDEX ON things (name)',
		'CREATE TABLE own (id int)',
		'CREATE TEMPORARY TABLE own (id int)',
		'CREATE SCHEMA own',
		'CREATE TABLE slipway.own (id int)',
		"INSERT INTO slipway.ledger VALUES ('forged')",
		'UPDATE slipway.ledger SET name = NULL',
		'DELETE FROM slipway.ledger',
		'TRUNCATE slipway.ledger',
		'CREATE ROLE own',
		'CREATE DATABASE own',
		"SELECT setval('things_id_seq', 1)",
		`SET ROLE ${settings.owner}`,
		`SET ROLE ${settings.migrator.username}`,
	])('may not %s', async (statement) => {
		await expect(asApp(statement)).rejects.toMatchObject({ code: '42501' });
	});

	test('may not connect to the database of another', async () => {
		const other = newDatabase();
		await bootstrapDatabase(server.admin, other);
		await expect(run(server.admin, other.name, settings.app, 'SELECT 1')).rejects.toMatchObject({
			code: 'connect-denied',
		});
	});
});

describe('the migrator', () => {
	test('acts as the owner from its login on, with public as its path', async () => {
		const who = "SELECT session_user, current_user, current_setting('search_path') AS path";
		expect(await asMigrator(who)).toEqual([
			{ session_user: settings.migrator.username, current_user: settings.owner, path: 'public' },
		]);
	});

	test('makes objects that belong to the owner', async () => {
		const owners = `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class
			WHERE relnamespace IN ('public'::regnamespace, 'slipway'::regnamespace)`;
		expect(await asMigrator(owners)).toEqual([{ owner: settings.owner }]);
	});

	test.each(['SET ROLE NONE; TABLE public.things', 'CREATE ROLE own', 'CREATE DATABASE own'])(
		'may not %s',
		async (statement) => {
			await expect(asMigrator(statement)).rejects.toMatchObject({ code: '42501' });
		},
	);
});

test('PUBLIC has nothing on the database, its schemas and what is in them', async () => {
	const stranger = `${settings.name}_stranger`;
	const held = await asAdmin(`
		CREATE ROLE ${stranger};
		SELECT what FROM (VALUES
			('connect', has_database_privilege('${stranger}', current_database(), 'CONNECT')),
			('temporary', has_database_privilege('${stranger}', current_database(), 'TEMPORARY')),
			('usage of public', has_schema_privilege('${stranger}', 'public', 'USAGE')),
			('create in public', has_schema_privilege('${stranger}', 'public', 'CREATE')),
			('usage of slipway', has_schema_privilege('${stranger}', 'slipway', 'USAGE')),
			('select', has_table_privilege('${stranger}', 'things', 'SELECT')),
			('execute', has_function_privilege('${stranger}', 'add(int,int)', 'EXECUTE'))
		) AS rights (what, held) WHERE held`);
	expect(held).toEqual([]);
});

test('the owner has no login and none of the rights of an administrator', async () => {
	const [role] = await asAdmin(
		`SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = '${settings.owner}'`,
	);
	expect(role).toEqual({ rolcanlogin: false, rolsuper: false, rolcreaterole: false, rolcreatedb: false });
});
