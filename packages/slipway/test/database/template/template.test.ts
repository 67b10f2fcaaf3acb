import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maintenanceDatabase, openClient, withClient } from '../../../src/connection/index.ts';
import { cloneTemplate, dropDatabase, sealTemplate } from '../../../src/database/template/index.ts';
import { type PreparedServer, startPostgres } from '../../../src/start-postgres.ts';

let server: PreparedServer;
let superuser: Sql;
beforeAll(async () => {
	server = await startPostgres({ migrations: 'migrations', roles: { temporaryTables: true } });
	superuser = openClient({ ...server.admin, database: maintenanceDatabase });
	await superuser.unsafe(`
		ALTER DATABASE app SET timezone = 'Asia/Tokyo';
		ALTER DATABASE app SET search_path = "$user", public, "with, comma";
		ALTER ROLE app_user IN DATABASE app SET application_name = 'it''s "quoted"';
		CREATE ROLE reporter;
		GRANT CONNECT ON DATABASE app TO reporter WITH GRANT OPTION;`);
	await sealTemplate(superuser, 'app');
});
afterAll(async () => {
	await superuser.end();
	await server[Symbol.asyncDispose]();
});

/** What the shared catalogs say about a database. */
async function describeDatabase(name: string): Promise<unknown> {
	const [row] = await superuser`
		SELECT pg_get_userbyid(datdba) AS owner, datacl::text AS grants, (
				SELECT json_agg(json_build_array(setrole::regrole, setconfig) ORDER BY setrole)
				FROM pg_db_role_setting WHERE setdatabase = pg_database.oid) AS settings, (
				SELECT json_agg(refobjid::regrole ORDER BY refobjid::regrole::text) FROM pg_shdepend
				WHERE dbid = 0 AND classid = 'pg_database'::regclass AND objid = pg_database.oid) AS depends
		FROM pg_database WHERE datname = ${name}`;
	return row;
}

test('a clone has the data, and the owner, grants and settings that PostgreSQL does not copy', async () => {
	await cloneTemplate(superuser, 'app', 'clone');
	expect(await describeDatabase('clone')).toEqual(await describeDatabase('app'));
	const [row] = await withClient(
		{ ...server.app, database: 'clone' },
		(sql) => sql`SELECT value::int, current_setting('timezone') AS timezone FROM counter`,
	);
	expect(row).toEqual({ value: 0, timezone: 'Asia/Tokyo' });
});

test('the app may create temporary tables in a clone where it may in the template', async () => {
	await cloneTemplate(superuser, 'app', 'temporary');
	await withClient({ ...server.app, database: 'temporary' }, (sql) => sql`CREATE TEMPORARY TABLE scratch ()`);
});

test('the migrator changes the schema of a clone as the owner', async () => {
	await cloneTemplate(superuser, 'app', 'migrated');
	await withClient({ ...server.migrator, database: 'migrated' }, (sql) => sql`CREATE TABLE later ()`);
	const later = withClient({ ...server.app, database: 'migrated' }, (sql) => sql`SELECT * FROM later`);
	expect(await later).toEqual([]);
});

test('nobody can connect to a sealed template', async () => {
	await expect(withClient(server.app, async () => {})).rejects.toThrow();
	await expect(withClient({ ...server.admin, database: 'app' }, async () => {})).rejects.toThrow();
});

test('twenty clones are created at the same time', async () => {
	const names = Array.from({ length: 20 }, (_, index) => `clone ${index}`);
	const clients = names.map(() => openClient({ ...server.admin, database: maintenanceDatabase }));
	await Promise.all(names.map((name, index) => cloneTemplate(clients[index] as Sql, 'app', name)));
	const [row] = await superuser`SELECT count(*)::int FROM pg_database WHERE datname ^@ 'clone '`;
	expect(row).toEqual({ count: 20 });
	await Promise.all(clients.map((client) => client.end()));
});

test('a database is dropped even if clients are connected', async () => {
	await cloneTemplate(superuser, 'app', 'dropped');
	const client = openClient({ ...server.app, database: 'dropped' });
	await client`SELECT 1`;
	await dropDatabase(superuser, 'dropped');
	expect(await describeDatabase('dropped')).toBeUndefined();
	await client.end();
});
