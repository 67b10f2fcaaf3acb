import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import type { DatabaseSettings } from '../../../src/settings/index.ts';
import { newDatabase, run, summaries } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

type Statements = (names: { db: string; owner: string; migrator: string; app: string }) => string;

/** Bootstraps a database, lets a superuser run `drift` in it, and bootstraps it again. */
async function fixDrift(drift: Statements): Promise<{ settings: DatabaseSettings; fixed: string[] }> {
	const settings = newDatabase();
	const { admin } = server;
	const { name: db, owner, migrator, app } = settings;
	await bootstrapDatabase(admin, settings);
	await run(
		admin,
		db,
		admin,
		`SET search_path = public; ${drift({ db, owner, migrator: migrator.username, app: app.username })}`,
	);
	const fixed = summaries(await bootstrapDatabase(admin, settings), settings);
	expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	return { settings, fixed };
}

describe('drift is fixed and reported', () => {
	test.each<[string, Statements, string[]]>([
		[
			'PUBLIC or the app have more privileges',
			({ db, app }) => `
				GRANT CONNECT ON DATABASE ${db} TO PUBLIC;
				GRANT ALL ON DATABASE ${db} TO ${app};
				GRANT CREATE ON SCHEMA public TO PUBLIC, ${app}`,
			[
				'revoked CONNECT on database "db" from PUBLIC',
				'revoked CREATE, TEMPORARY on database "db" from "app"',
				'revoked CREATE on schema "public" from PUBLIC',
				'revoked CREATE on schema "public" from "app"',
			],
		],
		[
			'the app may grant CONNECT to others, and did',
			({ db, owner, migrator, app }) => `
				GRANT CONNECT ON DATABASE ${db} TO ${app} WITH GRANT OPTION;
				CREATE ROLE ${owner}_friend;
				SET ROLE ${app}; GRANT CONNECT ON DATABASE ${db} TO ${owner}_friend, ${migrator}`,
			['revoked CONNECT on database "db" from "app"', 'granted CONNECT on database "db" to "app"'],
		],
		[
			'the app lost its grants',
			({ db, app }) => `
				REVOKE CONNECT ON DATABASE ${db} FROM ${app};
				REVOKE USAGE ON SCHEMA public, slipway FROM ${app}`,
			[
				'granted CONNECT on database "db" to "app"',
				'granted USAGE on schema "public" to "app"',
				'granted USAGE on schema "slipway" to "app"',
			],
		],
		[
			'default privileges grant too little or too much',
			({ owner, app }) => `
				ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE SELECT ON TABLES FROM ${app};
				ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE ALL ON SCHEMAS FROM ${app};
				ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
				ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT TRUNCATE ON TABLES TO ${app};
				ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA slipway GRANT DELETE ON TABLES TO ${app}`,
			[
				'granted USAGE on future schemas to "app"',
				'revoked TRUNCATE on future tables from "app"',
				'granted SELECT on future tables to "app"',
				'revoked EXECUTE on future functions from PUBLIC',
				'revoked DELETE on future tables in schema "slipway" from "app"',
			],
		],
		[
			'sessions start with other settings',
			({ db, migrator, app }) => `
				ALTER ROLE ${migrator} IN DATABASE ${db} RESET role;
				ALTER ROLE ${migrator} IN DATABASE ${db} SET search_path = elsewhere, public;
				ALTER ROLE ${app} IN DATABASE ${db} SET search_path = elsewhere, public;
				ALTER DATABASE ${db} RESET ALL`,
			[
				'reset search_path for "app" in database "db"',
				'set role to "owner" for "migrator" in database "db"',
				'set search_path to "public" for "migrator" in database "db"',
				'set search_path to "public" in database "db"',
			],
		],
		[
			'a role may no longer log in or act as the owner',
			({ owner, migrator, app }) => `
				REVOKE ${owner} FROM ${migrator};
				ALTER ROLE ${app} NOLOGIN;
				ALTER ROLE ${migrator} CONNECTION LIMIT 0`,
			[
				'removed the connection limit of role "migrator"',
				'let role "app" log in',
				'let role "migrator" act as "owner"',
			],
		],
		[
			'a role has expired',
			({ app }) => `ALTER ROLE ${app} VALID UNTIL '2020-01-01'`,
			['removed the expiry of role "app"', 'set the password of role "app"'],
		],
		[
			'a password was changed',
			({ migrator }) => `ALTER ROLE ${migrator} PASSWORD 'another'`,
			['set the password of role "migrator"'],
		],
		[
			'a role is gone',
			({ app }) => `DROP OWNED BY ${app}; DROP ROLE ${app}`,
			[
				'created role "app"',
				'granted CONNECT on database "db" to "app"',
				'granted USAGE on schema "public" to "app"',
				'granted USAGE on schema "slipway" to "app"',
				'granted USAGE on future schemas to "app"',
				'granted SELECT, INSERT, UPDATE, DELETE on future tables to "app"',
				'granted USAGE, SELECT on future sequences to "app"',
				'granted EXECUTE on future functions to "app"',
			],
		],
		[
			'a schema is gone',
			() => 'DROP SCHEMA public',
			['created schema "public"', 'granted USAGE on schema "public" to "app"'],
		],
		[
			'the database and a schema belong to the admin',
			({ db }) => `ALTER DATABASE ${db} OWNER TO CURRENT_USER; ALTER SCHEMA slipway OWNER TO CURRENT_USER`,
			['changed the owner of database "db" to "owner"', 'changed the owner of schema "slipway" to "owner"'],
		],
	])('%s', async (_, drift, expected) => {
		expect((await fixDrift(drift)).fixed).toEqual(expected);
	});
});

describe('existing objects', () => {
	test('are granted to the app if they were created without its default privileges', async () => {
		const { settings, fixed } = await fixDrift(
			({ owner, app }) => `
				SET ROLE ${owner};
				CREATE TABLE things (id serial);
				CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
				REVOKE ALL ON things, things_id_seq FROM ${app};
				REVOKE ALL ON FUNCTION one() FROM ${app};
				GRANT EXECUTE ON FUNCTION one() TO PUBLIC`,
		);
		expect(fixed.toSorted()).toEqual([
			'granted EXECUTE on routine public.one() to "app"',
			'granted SELECT, INSERT, UPDATE, DELETE on table public.things to "app"',
			'granted USAGE, SELECT on sequence public.things_id_seq to "app"',
			'revoked EXECUTE on routine public.one() from PUBLIC',
		]);
		await run(server.admin, settings.name, settings.app, 'INSERT INTO things DEFAULT VALUES; SELECT one()');
	});

	test('keep the reduced privileges that a migration left to the app', async () => {
		const { fixed } = await fixDrift(
			({ owner, app }) => `
				SET ROLE ${owner};
				CREATE TABLE audit (id int);
				REVOKE UPDATE, DELETE ON audit FROM ${app};
				CREATE TABLE people (id int, secret text);
				REVOKE ALL ON people FROM ${app};
				GRANT SELECT (id) ON people TO ${app};
				CREATE FUNCTION forbidden() RETURNS int LANGUAGE sql AS 'SELECT 1';
				REVOKE ALL ON FUNCTION forbidden() FROM ${app}`,
		);
		expect(fixed).toEqual([]);
	});

	test('are revoked from PUBLIC', async () => {
		const { fixed } = await fixDrift(
			({ owner }) => `SET ROLE ${owner}; CREATE TABLE things (id int); GRANT ALL ON things TO PUBLIC`,
		);
		expect(fixed).toEqual([
			expect.stringMatching(/^revoked INSERT, SELECT.* on table public.things from PUBLIC$/),
		]);
	});

	test('leave the app only read access to the ledger', async () => {
		const { fixed } = await fixDrift(
			({ owner, app }) => `
				SET ROLE ${owner};
				CREATE TABLE slipway.ledger (id serial);
				CREATE TABLE slipway.hidden (id int);
				REVOKE ALL ON slipway.hidden FROM ${app}`,
		);
		expect(fixed.toSorted()).toEqual([
			'granted SELECT on table slipway.hidden to "app"',
			'revoked INSERT, UPDATE, DELETE on table slipway.ledger from "app"',
			'revoked SELECT, USAGE on sequence slipway.ledger_id_seq from "app"',
		]);
	});

	test('are granted to the app in every schema of the owner, with the schema', async () => {
		const { settings, fixed } = await fixDrift(
			({ owner, app }) => `
				ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE ALL ON SCHEMAS FROM ${app};
				ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE ALL ON TABLES FROM ${app};
				SET ROLE ${owner};
				CREATE SCHEMA "Billing"; CREATE TABLE "Billing".invoice (id int)`,
		);
		expect(fixed).toEqual([
			'granted USAGE on schema "Billing" to "app"',
			'granted USAGE on future schemas to "app"',
			'granted SELECT, INSERT, UPDATE, DELETE on future tables to "app"',
			'granted SELECT, INSERT, UPDATE, DELETE on table "Billing".invoice to "app"',
		]);
		await run(server.admin, settings.name, settings.app, 'INSERT INTO "Billing".invoice VALUES (1)');
	});

	test('are not granted to the app in a schema that a migration hid from it', async () => {
		const { fixed } = await fixDrift(
			({ owner, app }) => `
				SET ROLE ${owner};
				CREATE SCHEMA internal; REVOKE ALL ON SCHEMA internal FROM ${app};
				CREATE TABLE internal.secret (id int); REVOKE ALL ON internal.secret FROM ${app}`,
		);
		expect(fixed).toEqual([]);
	});

	test('are left alone in the schema of another role', async () => {
		const { fixed } = await fixDrift(
			({ owner }) => `
				CREATE ROLE ${owner}_other; CREATE SCHEMA other AUTHORIZATION ${owner}_other;
				GRANT USAGE ON SCHEMA other TO PUBLIC`,
		);
		expect(fixed).toEqual([]);
	});

	test('are found whatever their names and the types of their arguments', async () => {
		const { fixed } = await fixDrift(
			({ owner }) => `
				SET ROLE ${owner};
				CREATE TYPE "Odd, type" AS (a int);
				CREATE PROCEDURE "do it"("Odd, type", INOUT text) LANGUAGE sql AS 'SELECT $2';
				CREATE AGGREGATE "the sum"(ORDER BY int) (SFUNC = int4pl, STYPE = int);
				GRANT EXECUTE ON ROUTINE "do it", "the sum" TO PUBLIC`,
		);
		expect(fixed).toHaveLength(2);
	});
});

test('grants to other roles are left alone', async () => {
	const { fixed } = await fixDrift(
		({ db, owner }) => `
			CREATE ROLE ${owner}_reports;
			GRANT CONNECT ON DATABASE ${db} TO ${owner}_reports;
			GRANT USAGE ON SCHEMA public TO ${owner}_reports;
			ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT ON TABLES TO ${owner}_reports`,
	);
	expect(fixed).toEqual([]);
});
