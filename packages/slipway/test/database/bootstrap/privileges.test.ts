import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import { migrateUp } from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { migratorConnection } from '../../../src/settings/index.ts';
import { newDatabase, run } from '../../helpers/new-database.ts';
import { writeMigration } from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';
import { makeDirectory } from '../../helpers/temporary-directory.ts';

let server: PostgresServer;
const settings = newDatabase();
beforeAll(async () => {
	server = await startTestServer();
	await bootstrapDatabase(server.admin, settings);
	await asMigrator(`
		CREATE TABLE things (id serial PRIMARY KEY, name text);
		CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2'`);
	using migrations = makeDirectory();
	writeMigration(
		migrations.path,
		'1_billing',
		`CREATE SCHEMA billing;
		CREATE TABLE billing.invoice (id int GENERATED ALWAYS AS IDENTITY, net int);
		CREATE FUNCTION billing.gross(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
		CREATE TYPE billing.state AS ENUM ('open', 'paid');`,
	);
	writeMigration(
		migrations.path,
		'2_internal',
		`CREATE SCHEMA internal; CREATE TABLE internal.secret (id int);
		REVOKE ALL ON SCHEMA internal FROM ${settings.app.username};`,
	);
	const { admin } = server;
	const logins = { admin, database: settings, endpoint: admin, migratorEndpoint: admin };
	await migrateUp(migratorConnection(logins), migrations.path);
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
		const names =
			'SELECT name FROM slipway.migrations JOIN slipway.migration_hashes USING (name) ORDER BY name';
		expect(await asApp(names)).toEqual([{ name: '1_billing' }, { name: '2_internal' }]);
		expect(await asApp('SELECT DISTINCT action FROM slipway.migration_history')).toEqual([{ action: 'up' }]);
	});

	test('has the same privileges in a schema that a migration created', async () => {
		const rows = await asApp(`
			INSERT INTO billing.invoice (net) VALUES (1), (2);
			UPDATE billing.invoice SET net = 3 WHERE net = 2;
			DELETE FROM billing.invoice WHERE net = 1;
			SELECT billing.gross(net) AS gross, 'open'::billing.state AS state FROM billing.invoice`);
		expect(rows).toEqual([{ gross: 6, state: 'open' }]);
	});

	test.each([
		'CREATE TABLE billing.own (id int)',
		'TRUNCATE billing.invoice',
		'DROP SCHEMA billing CASCADE',
		'SELECT * FROM internal.secret',
		'TRUNCATE things',
		'DROP TABLE things',
		'ALTER TABLE things ADD COLUMN more int',
		'CREATE INDEX ON things (name)',
		'CREATE TABLE own (id int)',
		'CREATE TEMPORARY TABLE own (id int)',
		'CREATE SCHEMA own',
		'CREATE TABLE slipway.own (id int)',
		"INSERT INTO slipway.migrations VALUES (7, 'forged', now())",
		'UPDATE slipway.migrations SET name = NULL',
		'DELETE FROM slipway.migration_hashes',
		"UPDATE slipway.migration_hashes SET sha256 = ''",
		'DELETE FROM slipway.migration_history',
		'TRUNCATE slipway.migration_history',
		"SELECT nextval('slipway.migrations_id_seq')",
		"SELECT setval('slipway.migration_history_id_seq', 1)",
		'CREATE ROLE own',
		'CREATE DATABASE own',
		"SELECT setval('things_id_seq', 1)",
		`SET ROLE ${settings.owner}`,
		`SET ROLE ${settings.migrator.username}`,
	])('may not %s', async (statement) => {
		await expect(asApp(statement)).rejects.toMatchObject({ code: '42501' });
	});

	test('may not connect to the database of another project', async () => {
		const other = newDatabase();
		await bootstrapDatabase(server.admin, other);
		await expect(run(server.admin, other.name, settings.app, 'SELECT 1')).rejects.toMatchObject({
			code: 'connect-denied',
		});
	});
});

describe('the migrator', () => {
	test('acts as the owner from login, with public as its search path', async () => {
		const who = "SELECT session_user, current_user, current_setting('search_path') AS path";
		expect(await asMigrator(who)).toEqual([
			{ session_user: settings.migrator.username, current_user: settings.owner, path: 'public' },
		]);
	});

	test('creates objects that belong to the owner', async () => {
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

test('bootstrap leaves the schemas as the migrations created them', async () => {
	expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
});

test('PUBLIC has no privileges on the database, its schemas and what is in them', async () => {
	const stranger = `${settings.name}_stranger`;
	const held = await asAdmin(`
		CREATE ROLE ${stranger};
		SELECT what FROM (VALUES
			('connect', has_database_privilege('${stranger}', current_database(), 'CONNECT')),
			('temporary', has_database_privilege('${stranger}', current_database(), 'TEMPORARY')),
			('usage of public', has_schema_privilege('${stranger}', 'public', 'USAGE')),
			('create in public', has_schema_privilege('${stranger}', 'public', 'CREATE')),
			('usage of billing', has_schema_privilege('${stranger}', 'billing', 'USAGE')),
			('usage of slipway', has_schema_privilege('${stranger}', 'slipway', 'USAGE')),
			('select', has_table_privilege('${stranger}', 'things', 'SELECT')),
			('execute', has_function_privilege('${stranger}', 'add(int,int)', 'EXECUTE'))
		) AS rights (what, held) WHERE held`);
	expect(held).toEqual([]);
});

test('the owner cannot log in and has no administrative privileges', async () => {
	const [role] = await asAdmin(
		`SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = '${settings.owner}'`,
	);
	expect(role).toEqual({ rolcanlogin: false, rolsuper: false, rolcreaterole: false, rolcreatedb: false });
});
