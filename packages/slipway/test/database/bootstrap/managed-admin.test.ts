import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/connection/index.ts';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
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

const asSuperuser = (statements: string, database = 'postgres') =>
	run(server.admin, database, server.admin, statements);

/** The kind of admin that a managed service provides instead of a superuser. */
async function managedAdmin(attributes = 'CREATEROLE CREATEDB'): Promise<Connection> {
	const username = `${newDatabase().name}_admin`;
	await asSuperuser(`CREATE ROLE ${username} LOGIN ${attributes} PASSWORD 'managed'`);
	return { ...server.admin, username, password: 'managed' };
}

describe('an admin with CREATEROLE and CREATEDB', () => {
	test('bootstraps a database in which the migrator and the app have their privileges', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		const plan = await bootstrapDatabase(admin, settings, { dryRun: true });
		expect(await bootstrapDatabase(admin, settings)).toEqual(plan);
		await run(admin, settings.name, settings.migrator, 'CREATE TABLE things (id serial, name text)');
		const rows = await run(
			admin,
			settings.name,
			settings.app,
			"INSERT INTO things (name) VALUES ('a') RETURNING name",
		);
		expect(rows).toEqual([{ name: 'a' }]);
		await expect(run(admin, settings.name, settings.app, 'TRUNCATE things')).rejects.toMatchObject({
			code: '42501',
		});
	});

	test('has nothing to do the second time, and leaves only what needs a superuser', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		await bootstrapDatabase(admin, settings);
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
		expect(summaries(await bootstrapDatabase(server.admin, settings), settings)).toEqual([
			'revoked EXECUTE on the functions that create large objects from PUBLIC',
			'granted EXECUTE on the functions that create large objects to "owner"',
		]);
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	});

	test('grants itself only SET ROLE to the owner and CONNECT', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		const changes = await bootstrapDatabase(admin, settings);
		const own = changes.filter(({ sql }) => sql.includes(`TO "${admin.username}"`));
		expect(own.map(({ summary }) => summary)).toEqual([
			`let role "${admin.username}" act as "${settings.owner}"`,
			`granted CONNECT on database "${settings.name}" to "${admin.username}"`,
		]);
	});

	test('fixes drift', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		const { owner, app, migrator } = settings;
		await bootstrapDatabase(admin, settings);
		await asSuperuser(
			`GRANT CREATE ON SCHEMA public TO PUBLIC;
			REVOKE USAGE ON SCHEMA public FROM ${app.username};
			ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
			ALTER ROLE ${app.username} NOLOGIN PASSWORD 'another';
			ALTER ROLE ${migrator.username} IN DATABASE ${settings.name} RESET ALL;
			REVOKE CONNECT ON DATABASE ${settings.name} FROM ${admin.username}`,
			settings.name,
		);
		const changes = await bootstrapDatabase(admin, settings);
		expect(summaries(changes, settings).map((summary) => summary.replace(admin.username, 'admin'))).toEqual([
			'let role "app" log in',
			'set the password of role "app"',
			'set role to "owner" for "migrator" in database "db"',
			'set search_path to "public" for "migrator" in database "db"',
			'granted CONNECT on database "db" to "admin"',
			'revoked CREATE on schema "public" from PUBLIC',
			'granted USAGE on schema "public" to "app"',
			'revoked EXECUTE on future functions from PUBLIC',
		]);
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	});

	test('takes over a database that it created itself', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		await run(admin, 'postgres', admin, `CREATE DATABASE ${settings.name}`);
		const changes = await bootstrapDatabase(admin, settings);
		expect(summaries(changes, settings)).toContain('changed the owner of database "db" to "owner"');
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	});

	test('succeeds ten at once', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		const runs = await Promise.all(Array.from({ length: 10 }, () => bootstrapDatabase(admin, settings)));
		expect(runs.filter((changes) => changes.length > 0)).toHaveLength(1);
	});
});

describe('an admin that lacks privileges is rejected before anything is changed', () => {
	test('if it may not create what is missing', async () => {
		const [admin, settings] = [await managedAdmin(''), newDatabase()];
		await expect(bootstrapDatabase(admin, settings)).rejects.toMatchObject({
			code: 'admin-lacks-rights',
			message: `the admin "${admin.username}" may not create roles, may not create databases`,
			hint: expect.stringContaining(
				`ALTER ROLE "${admin.username}" CREATEROLE;\n  ALTER ROLE "${admin.username}" CREATEDB;`,
			),
		});
	});

	test('if the database has to be created, with no role left behind', async () => {
		const [admin, settings] = [await managedAdmin('CREATEROLE'), newDatabase()];
		await expect(bootstrapDatabase(admin, settings)).rejects.toMatchObject({ code: 'admin-lacks-rights' });
		expect(await asSuperuser(`SELECT FROM pg_roles WHERE rolname = '${settings.owner}'`)).toEqual([]);
	});

	test('if another role created the roles, until the statements in the hint have run', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		await bootstrapDatabase(server.admin, settings);
		const error: unknown = await bootstrapDatabase(admin, settings).catch((each: unknown) => each);
		expect(error).toMatchObject({ code: 'admin-lacks-rights' });
		const statements = (error as { hint: string }).hint.split('\n').slice(1);
		await asSuperuser(statements.join(''));
		await bootstrapDatabase(admin, settings);
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	});

	test('if it may not remove what should not be there', async () => {
		const [admin, settings] = [await managedAdmin(), newDatabase()];
		await bootstrapDatabase(admin, settings);
		await asSuperuser(
			`GRANT pg_read_all_data TO ${settings.app.username}; ALTER ROLE ${settings.app.username} NOLOGIN`,
		);
		await expect(bootstrapDatabase(admin, settings, { revoke: true })).rejects.toMatchObject({
			code: 'admin-lacks-rights',
			message: `the admin "${admin.username}" may not alter the role "pg_read_all_data"`,
		});
		expect(
			await asSuperuser(`SELECT rolcanlogin FROM pg_roles WHERE rolname = '${settings.app.username}'`),
		).toEqual([{ rolcanlogin: false }]);
	});
});
