import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapDatabase, type Change } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { newDatabase, run, summaries } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

/** The server's roles, memberships and databases. */
async function look() {
	const { admin } = server;
	return await run(
		admin,
		'postgres',
		admin,
		`SELECT rolname AS name, rolcanlogin AS login, NULL AS acl FROM pg_roles
		UNION ALL SELECT datname, NULL, datacl::text FROM pg_database ORDER BY name`,
	);
}

describe('bootstrap', () => {
	test('creates roles, database, schemas and grants on an empty server', async () => {
		const settings = newDatabase();
		const changes = await bootstrapDatabase(server.admin, settings);
		expect(summaries(changes, settings)).toEqual([
			'created role "owner"',
			'created role "migrator"',
			'created role "app"',
			'let role "migrator" act as "owner"',
			'created database "db"',
			'set role to "owner" for "migrator" in database "db"',
			'set search_path to "public" for "migrator" in database "db"',
			'set search_path to "public" in database "db"',
			'revoked TEMPORARY, CONNECT on database "db" from PUBLIC',
			'granted CONNECT on database "db" to "migrator"',
			'granted CONNECT on database "db" to "app"',
			'revoked EXECUTE on the functions that create large objects from PUBLIC',
			'granted EXECUTE on the functions that create large objects to "owner"',
			'revoked USAGE on schema "public" from PUBLIC',
			'granted USAGE on schema "public" to "app"',
			'created schema "slipway"',
			'granted USAGE on schema "slipway" to "app"',
			'granted USAGE on future schemas to "app"',
			'granted SELECT, INSERT, UPDATE, DELETE on future tables to "app"',
			'granted USAGE, SELECT on future sequences to "app"',
			'revoked EXECUTE on future functions from PUBLIC',
			'granted EXECUTE on future functions to "app"',
		]);
	});

	test('changes nothing the second time', async () => {
		const settings = newDatabase();
		await bootstrapDatabase(server.admin, settings);
		const before = await look();
		expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
		expect(await look()).toEqual(before);
	});

	test('reports each change as it is made', async () => {
		const reported: Change[] = [];
		const changes = await bootstrapDatabase(server.admin, newDatabase(), {
			onChange: (change) => reported.push(change),
		});
		expect(reported).toEqual(changes);
	});

	test('succeeds ten at once, and each change is made once', async () => {
		const settings = newDatabase();
		const runs = await Promise.all(
			Array.from({ length: 10 }, () => bootstrapDatabase(server.admin, settings)),
		);
		const busy = runs.filter((changes) => changes.length > 0);
		expect(busy).toHaveLength(1);
		expect(busy[0]).toHaveLength(22);
	});

	test('completes an interrupted run', async () => {
		const settings = newDatabase();
		const { admin } = server;
		await run(admin, 'postgres', admin, `CREATE ROLE ${settings.owner}`);
		await run(admin, 'postgres', admin, `CREATE DATABASE ${settings.name} OWNER ${settings.owner}`);
		const changes = await bootstrapDatabase(admin, settings);
		expect(summaries(changes, settings).slice(0, 3)).toEqual([
			'created role "migrator"',
			'created role "app"',
			'let role "migrator" act as "owner"',
		]);
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	});

	test('takes over an unused database that the admin created', async () => {
		const settings = newDatabase();
		const { admin } = server;
		await run(admin, 'postgres', admin, `CREATE DATABASE ${settings.name}`);
		const changes = await bootstrapDatabase(admin, settings);
		expect(summaries(changes, settings)).toContain('changed the owner of database "db" to "owner"');
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	});

	test('creates a second database for the same roles', async () => {
		const settings = newDatabase();
		await bootstrapDatabase(server.admin, settings);
		const second = { ...settings, name: newDatabase().name };
		const changes = await bootstrapDatabase(server.admin, second);
		expect(changes[0]?.summary).toBe(`created database "${second.name}"`);
		expect(await bootstrapDatabase(server.admin, second)).toEqual([]);
		expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
	});

	test('sorts text by code point and upper-cases all letters', async () => {
		const settings = newDatabase();
		await bootstrapDatabase(server.admin, settings);
		const texts = `SELECT string_agg(upper(t), '' ORDER BY t) AS sorted FROM unnest(ARRAY['é', 'b', 'Z']) AS t`;
		expect(await run(server.admin, settings.name, settings.app, texts)).toEqual([{ sorted: 'ZBÉ' }]);
	});
});

describe('a dry run', () => {
	test('plans for an empty server what a run then does', async () => {
		const settings = newDatabase();
		const before = await look();
		const plan = await bootstrapDatabase(server.admin, settings, { dryRun: true });
		expect(await look()).toEqual(before);
		expect(await bootstrapDatabase(server.admin, settings)).toEqual(plan);
	});

	test('reports and plans nothing if nothing is to be done', async () => {
		const settings = newDatabase();
		const onChange = () => expect.unreachable();
		await bootstrapDatabase(server.admin, settings, { dryRun: true, onChange });
		await bootstrapDatabase(server.admin, settings);
		expect(await bootstrapDatabase(server.admin, settings, { dryRun: true, onChange })).toEqual([]);
	});

	test('shows SQL that a person can run, without the verifiers of the passwords', async () => {
		const plan = await bootstrapDatabase(server.admin, newDatabase(), { dryRun: true });
		const sql = plan.map((change) => change.sql).join('\n');
		expect(sql).toContain(`LOGIN PASSWORD '<SCRAM-SHA-256 verifier>'`);
		expect(sql).not.toMatch(/4096|for the app/);
	});
});
