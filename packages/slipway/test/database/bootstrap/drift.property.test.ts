import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapDatabase, findDrift } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { newDatabase, run, summaries } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

const settings = newDatabase();
const { name: db, owner } = settings;
const [migrator, app, friend] = [settings.migrator.username, settings.app.username, `${db}_friend`];

let server: PostgresServer;
const asAdmin = (statements: string) => run(server.admin, db, server.admin, statements);

beforeAll(async () => {
	server = await startTestServer();
	await bootstrapDatabase(server.admin, settings);
	await run(
		server.admin,
		db,
		settings.migrator,
		`CREATE TABLE things (id serial, name text);
		CREATE VIEW names AS SELECT name FROM things;
		CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
		CREATE TYPE mood AS ENUM ('good', 'bad');
		CREATE SCHEMA billing;
		CREATE TABLE billing.invoice (id int);`,
	);
	await asAdmin(`CREATE ROLE ${friend}; CREATE ROLE ${friend}_group`);
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

const defaults = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner}`;

/** Something that an admin did by hand, and what names it. None undoes another. */
const alterations: readonly (readonly [statement: string, summary: string])[] = [
	// Attributes, memberships, settings
	[`ALTER ROLE ${app} CREATEDB`, 'removed CREATEDB from role "app"'],
	[`ALTER ROLE ${app} NOLOGIN`, 'let role "app" log in'],
	[`ALTER ROLE ${owner} LOGIN`, 'removed LOGIN from role "owner"'],
	[`ALTER ROLE ${migrator} INHERIT`, 'removed INHERIT from role "migrator"'],
	[`ALTER ROLE ${migrator} REPLICATION`, 'removed REPLICATION from role "migrator"'],
	[`GRANT ${friend}_group TO ${app}`, 'removed role "app" from "friend_group"'],
	[`GRANT ${owner} TO ${friend}`, 'removed role "friend" from "owner"'],
	[`GRANT ${app} TO ${friend}`, 'removed role "friend" from "app"'],
	[
		`REVOKE ${owner} FROM ${migrator}; ALTER ROLE ${migrator} IN DATABASE ${db} RESET role`,
		'let role "migrator" act as "owner"',
	],
	[`ALTER ROLE ${app} SET work_mem = '1MB'`, 'reset work_mem for "app"'],
	[`ALTER DATABASE ${db} RESET search_path`, 'set search_path to "public" in database "db"'],
	// The database, schemas, tables, columns, sequences, functions, types
	[`ALTER DATABASE ${db} OWNER TO CURRENT_USER`, 'changed the owner of database "db" to "owner"'],
	[`GRANT TEMPORARY ON DATABASE ${db} TO PUBLIC`, 'revoked TEMPORARY on database "db" from PUBLIC'],
	[`GRANT CONNECT ON DATABASE ${db} TO ${friend}`, 'revoked CONNECT on database "db" from "friend"'],
	[`REVOKE USAGE ON SCHEMA public FROM ${app}`, 'granted USAGE on schema "public" to "app"'],
	[`GRANT CREATE ON SCHEMA public TO PUBLIC`, 'revoked CREATE on schema "public" from PUBLIC'],
	[`GRANT USAGE ON SCHEMA slipway TO ${friend}`, 'revoked USAGE on schema "slipway" from "friend"'],
	[`GRANT CREATE ON SCHEMA billing TO ${app}`, 'revoked CREATE on schema "billing" from "app"'],
	[`REVOKE ALL ON things FROM ${app}`, 'granted SELECT, INSERT, UPDATE, DELETE on table public.things'],
	[`GRANT TRUNCATE, TRIGGER ON billing.invoice TO ${app}`, 'on table billing.invoice from "app"'],
	[
		`GRANT SELECT ON billing.invoice TO ${friend} WITH GRANT OPTION`,
		'revoked SELECT on table billing.invoice from "friend"',
	],
	[
		`GRANT SELECT ON names TO ${app} WITH GRANT OPTION`,
		'revoked grant option for SELECT on table public.names from "app"',
	],
	[`GRANT SELECT ON names TO PUBLIC`, 'revoked SELECT on table public.names from PUBLIC'],
	[`GRANT DELETE ON names TO ${migrator}`, 'revoked DELETE on table public.names from "migrator"'],
	[
		`GRANT SELECT (id) ON billing.invoice TO ${friend}`,
		'on column id of table billing.invoice from "friend"',
	],
	[
		`GRANT UPDATE (name) ON names TO ${app}`,
		'revoked UPDATE on column name of table public.names from "app"',
	],
	[
		`GRANT UPDATE ON SEQUENCE things_id_seq TO ${app}`,
		'revoked UPDATE on sequence public.things_id_seq from',
	],
	[`GRANT EXECUTE ON FUNCTION one TO ${friend}`, 'revoked EXECUTE on routine public.one() from "friend"'],
	[`GRANT EXECUTE ON FUNCTION one TO PUBLIC`, 'revoked EXECUTE on routine public.one() from PUBLIC'],
	[`GRANT USAGE ON TYPE mood TO ${app}`, 'revoked USAGE on type public.mood from "app"'],
	[`GRANT USAGE ON TYPE mood TO ${friend}`, 'revoked USAGE on type public.mood from "friend"'],
	// Default privileges
	[`${defaults} REVOKE INSERT ON TABLES FROM ${app}`, 'granted INSERT on future tables to "app"'],
	[`${defaults} GRANT SELECT ON TABLES TO ${friend}`, 'revoked SELECT on future tables from "friend"'],
	[`${defaults} GRANT EXECUTE ON FUNCTIONS TO PUBLIC`, 'revoked EXECUTE on future functions from PUBLIC'],
	[`${defaults} REVOKE USAGE ON TYPES FROM PUBLIC`, 'granted USAGE on future types to PUBLIC'],
	[
		`${defaults} IN SCHEMA billing GRANT UPDATE ON SEQUENCES TO ${app}`,
		'revoked UPDATE on future sequences in schema "billing" from "app"',
	],
];

const aclOf = (name: string, acl: string) =>
	`SELECT ${name} AS name, grant_.grantor::regrole::text, grant_.grantee::regrole::text, privilege_type, is_grantable::text
	FROM aclexplode(${acl}) AS grant_`;

/** What the catalogs say about the rights of the roles. */
async function rights(): Promise<unknown[]> {
	const ours = `NOT nspname ^@ 'pg_' AND nspname <> 'information_schema'`;
	const rows = await asAdmin(`
		SELECT to_jsonb(role) - 'oid' AS right FROM pg_roles AS role WHERE rolname ^@ '${db}'
		UNION ALL SELECT to_jsonb(membership) - 'oid' FROM pg_auth_members AS membership
			WHERE member::regrole::text ^@ '${db}'
		UNION ALL SELECT to_jsonb(setting) FROM pg_db_role_setting, unnest(setconfig) AS value,
			LATERAL (SELECT setdatabase, setrole, value) AS setting
		UNION ALL SELECT to_jsonb(each) FROM (
			SELECT datdba::regrole::text AS owner, acl.* FROM pg_database, LATERAL (${aclOf("'database'", 'datacl')}) AS acl
			WHERE datname = '${db}') AS each
		UNION ALL SELECT to_jsonb(each) FROM (
			SELECT acl.* FROM pg_namespace, LATERAL (${aclOf('nspname::text', 'nspacl')}) AS acl WHERE ${ours}
			UNION ALL SELECT acl.* FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid,
				LATERAL (${aclOf('relname::text', `coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))`)}) AS acl
				WHERE ${ours} AND relkind IN ('r', 'v', 'S')
			UNION ALL SELECT acl.* FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid
				JOIN pg_attribute ON attrelid = pg_class.oid, LATERAL (${aclOf('attname::text', 'attacl')}) AS acl WHERE ${ours}
			UNION ALL SELECT acl.* FROM pg_namespace JOIN pg_proc ON pronamespace = pg_namespace.oid,
				LATERAL (${aclOf('proname::text', `coalesce(proacl, acldefault('f', proowner))`)}) AS acl WHERE ${ours}
			UNION ALL SELECT acl.* FROM pg_namespace JOIN pg_type ON typnamespace = pg_namespace.oid,
				LATERAL (${aclOf('typname::text', `coalesce(typacl, acldefault('T', typowner))`)}) AS acl WHERE ${ours}
			UNION ALL SELECT acl.* FROM pg_default_acl,
				LATERAL (${aclOf(`concat(defaclnamespace::regnamespace, defaclobjtype)`, 'defaclacl')}) AS acl
		) AS each`);
	return rows.map(({ right }) => JSON.stringify(right)).toSorted();
}

test('whatever an admin altered by hand is named by --check and fixed with --revoke, as in a fresh database', async () => {
	const fresh = await rights();
	expect(await findDrift(server.admin, settings)).toEqual({ changes: [], excess: [] });
	await fc.assert(
		fc.asyncProperty(
			fc.shuffledSubarray([...alterations], { minLength: 3, maxLength: 12 }),
			async (chosen) => {
				for (const [statement] of chosen) await asAdmin(statement);
				const drift = await findDrift(server.admin, settings);
				const named = summaries([...drift.changes, ...drift.excess], settings).join('\n');
				for (const [, summary] of chosen) expect(named).toContain(summary);

				await bootstrapDatabase(server.admin, settings, { revoke: true });
				expect(await findDrift(server.admin, settings)).toEqual({ changes: [], excess: [] });
				expect(await rights()).toEqual(fresh);
			},
		),
		{ numRuns: 5 },
	);
});

test('all alterations at once are named, and the printed statements fix them', async () => {
	const fresh = await rights();
	for (const [statement] of alterations) await asAdmin(statement);
	const { changes, excess } = await findDrift(server.admin, settings);
	const named = summaries([...changes, ...excess], settings).join('\n');
	for (const [, summary] of alterations) expect(named).toContain(summary);
	for (const { sql } of [...excess, ...changes]) await asAdmin(sql);
	expect(await rights()).toEqual(fresh);
});

test('without revoke, what should not be there stays', async () => {
	await asAdmin(`GRANT TRUNCATE ON things TO ${app}; REVOKE USAGE ON SCHEMA public FROM ${app}`);
	const changes = summaries(await bootstrapDatabase(server.admin, settings), settings);
	expect(changes).toEqual(['granted USAGE on schema "public" to "app"']);
	const { excess } = await findDrift(server.admin, settings);
	const grants = excess.flatMap((each) => each.grants);
	expect(grants).toEqual([`GRANT TRUNCATE ON TABLE public.things TO "${app}"`]);

	const kept = { ...settings, grants };
	expect(await findDrift(server.admin, kept)).toEqual({ changes: [], excess: [] });
	expect(await bootstrapDatabase(server.admin, kept, { revoke: true })).toEqual([]);
	await bootstrapDatabase(server.admin, settings, { revoke: true });
});
