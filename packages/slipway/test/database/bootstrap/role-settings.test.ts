import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, type Credentials, withClient } from '../../../src/connection/index.ts';
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

async function bootstrapped(admin: Connection = server.admin): Promise<DatabaseSettings> {
	const settings = newDatabase();
	await bootstrapDatabase(admin, settings);
	return settings;
}

const asApp = (settings: DatabaseSettings, statements: string) =>
	run(server.admin, settings.name, settings.app, statements);
const asMigrator = (settings: DatabaseSettings, statements: string) =>
	run(server.admin, settings.name, settings.migrator, statements);
const asAdmin = (settings: DatabaseSettings, statements: string) =>
	run(server.admin, settings.name, server.admin, statements);

/** The changes that bootstrap then makes. Expects a second run to make none. */
async function repairs(settings: DatabaseSettings, admin: Connection = server.admin): Promise<string[]> {
	const changes = await bootstrapDatabase(admin, settings);
	expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	return summaries(changes, settings);
}

async function managedAdmin(): Promise<Connection> {
	const username = `${newDatabase().name}_admin`;
	const create = `CREATE ROLE ${username} LOGIN CREATEROLE CREATEDB PASSWORD 'managed'`;
	await run(server.admin, 'postgres', server.admin, create);
	return { ...server.admin, username, password: 'managed' };
}

const ownSettings = [
	['default_transaction_read_only', 'on'],
	['statement_timeout', '10s'],
	['search_path', 'pg_catalog'],
	['local_preload_libraries', 'no_such_library'],
	['role', 'pg_monitor'],
	['DateStyle', 'German'],
	['TimeZone', 'Asia/Kathmandu'],
	['standard_conforming_strings', 'off'],
] as const;

describe('a setting that a login set for itself', () => {
	test.each(ownSettings)('is reset, whether for all databases or for this one: %s', async (name, value) => {
		const settings = await bootstrapped();
		const { username } = settings.app;
		await asApp(
			settings,
			`ALTER ROLE ${username} SET ${name} = '${value}';
			ALTER ROLE ${username} IN DATABASE ${settings.name} SET ${name} = '${value}'`,
		);
		expect(await repairs(settings)).toEqual([
			`reset ${name} for "app"`,
			`reset ${name} for "app" in database "db"`,
		]);
		await asApp(settings, 'SELECT 1');
	});

	test('is reset for the migrator too, except for those that it needs', async () => {
		const settings = await bootstrapped();
		const { username } = settings.migrator;
		await asMigrator(
			settings,
			`SET ROLE NONE;
			ALTER ROLE ${username} SET default_transaction_read_only = on;
			ALTER ROLE ${username} IN DATABASE ${settings.name} SET lock_timeout = '1ms';
			ALTER ROLE ${username} IN DATABASE ${settings.name} SET search_path = elsewhere`,
		);
		expect(await repairs(settings)).toEqual([
			'reset default_transaction_read_only for "migrator"',
			'reset lock_timeout for "migrator" in database "db"',
			'set search_path to "public" for "migrator" in database "db"',
		]);
		await asMigrator(settings, 'CREATE TABLE things (id int)');
	});

	test('is reset by an admin that is not a superuser', async () => {
		const admin = await managedAdmin();
		const settings = await bootstrapped(admin);
		await asApp(settings, `ALTER ROLE ${settings.app.username} SET default_transaction_read_only = on`);
		expect(await repairs(settings, admin)).toEqual(['reset default_transaction_read_only for "app"']);
	});

	test('is reported without its value, which may be secret', async () => {
		const settings = await bootstrapped();
		await asApp(settings, `ALTER ROLE ${settings.app.username} SET application_name = 'a secret'`);
		const changes = await bootstrapDatabase(server.admin, settings);
		expect(changes).toHaveLength(1);
		expect(JSON.stringify(changes)).not.toContain('a secret');
	});
});

describe('a setting is kept', () => {
	test('if it needs a superuser, and the admin is not one', async () => {
		const admin = await managedAdmin();
		const settings = await bootstrapped(admin);
		await asAdmin(settings, `ALTER ROLE ${settings.app.username} SET log_min_duration_statement = 100`);
		expect(await repairs(settings, admin)).toEqual([]);
		expect(await repairs(settings)).toContain('reset log_min_duration_statement for "app"');
	});

	test('if it belongs to an extension or to the application', async () => {
		const settings = await bootstrapped();
		await asAdmin(settings, `ALTER ROLE ${settings.app.username} SET my.tenant = 'acme'`);
		expect(await repairs(settings)).toEqual([]);
	});

	test('if a role has it in another database', async () => {
		const [settings, other] = [await bootstrapped(), await bootstrapped()];
		await asApp(
			settings,
			`ALTER ROLE ${settings.app.username} IN DATABASE ${other.name} SET statement_timeout = 1`,
		);
		expect(await repairs(settings)).toEqual([]);
	});

	test('if the owner set it for the database', async () => {
		const settings = await bootstrapped();
		await asMigrator(settings, `ALTER DATABASE ${settings.name} SET statement_timeout = '30s'`);
		expect(await repairs(settings)).toEqual([]);
		expect(await asApp(settings, 'SHOW statement_timeout')).toEqual([{ statement_timeout: '30s' }]);
	});
});

describe('the search path that a migration sets for the database', () => {
	const pathOf = async (settings: DatabaseSettings, { username, password }: Credentials) =>
		await withClient(
			{ ...server.admin, username, password, database: settings.name },
			async (sql) => (await sql<{ search_path: string }[]>`SHOW search_path`)[0]?.search_path,
		);

	test('applies to the app from its next login, and bootstrap keeps it', async () => {
		const settings = await bootstrapped();
		await asMigrator(settings, `ALTER DATABASE ${settings.name} SET search_path = billing, public`);
		expect(await pathOf(settings, settings.app)).toBe('billing, public');
		expect(await repairs(settings)).toEqual([]);
		expect(await pathOf(settings, settings.app)).toBe('billing, public');
	});

	test('does not affect later migrations, so each creates the same in any run', async () => {
		const settings = await bootstrapped();
		await asMigrator(settings, `ALTER DATABASE ${settings.name} SET search_path = billing, public`);
		expect(await pathOf(settings, settings.migrator)).toBe('public');
	});

	test('is public by default', async () => {
		const settings = await bootstrapped();
		expect(await pathOf(settings, settings.app)).toBe('public');
	});
});
