import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { SlipwayError } from '../../../src/errors.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import type { DatabaseSettings } from '../../../src/settings/index.ts';
import { newDatabase, run } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

async function bootstrapped(): Promise<DatabaseSettings> {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings);
	return settings;
}

const asAdmin = ({ name }: DatabaseSettings, statements: string) =>
	run(server.admin, name, server.admin, statements);

async function warningsOf(settings: DatabaseSettings): Promise<SlipwayError[]> {
	const warnings: SlipwayError[] = [];
	await bootstrapDatabase(server.admin, settings, { onWarning: (warning) => warnings.push(warning) });
	return warnings;
}

describe('large objects', () => {
	test.each(['lo_create(0)', 'lo_creat(-1)', "lo_from_bytea(0, 'x')", "lo_import('/etc/hostname')"])(
		'cannot be created by the app: %s',
		async (call) => {
			const settings = await bootstrapped();
			await expect(run(server.admin, settings.name, settings.app, `SELECT ${call}`)).rejects.toMatchObject({
				code: '42501',
			});
		},
	);

	test('cannot be created by the app through any function that PUBLIC may call', async () => {
		const settings = await bootstrapped();
		const callable = await run(
			server.admin,
			settings.name,
			settings.app,
			`SELECT proname AS name FROM pg_proc
			WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^lo_?(creat|from|import|export)'
				AND has_function_privilege(oid, 'EXECUTE')`,
		);
		expect(callable).toEqual([]);
	});

	test('can be created in a migration', async () => {
		const settings = await bootstrapped();
		await run(server.admin, settings.name, settings.migrator, "SELECT lo_from_bytea(0, 'x')");
		expect(await warningsOf(settings)).toEqual([]);
	});

	test('can be created by the app if a superuser granted that, which bootstrap keeps', async () => {
		const settings = await bootstrapped();
		const functions = 'lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)';
		await asAdmin(settings, `GRANT EXECUTE ON FUNCTION ${functions} TO ${settings.app.username}`);
		expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
		await run(server.admin, settings.name, settings.app, 'SELECT lo_create(0)');
		expect(await warningsOf(settings)).toHaveLength(1);
	});

	test('that the app owns anyway cause a warning until the statement in its hint has run', async () => {
		const settings = await bootstrapped();
		await asAdmin(settings, 'SELECT lo_create(4711)');
		await asAdmin(settings, `ALTER LARGE OBJECT 4711 OWNER TO ${settings.app.username}`);
		const [warning, ...others] = await warningsOf(settings);
		expect(others).toEqual([]);
		expect(warning).toMatchObject({
			code: 'role-owns-large-objects',
			message: `the role "${settings.app.username}" owns a large object in the database "${settings.name}"`,
		});
		await asAdmin(settings, warning?.hint.split('\n')[1] ?? '');
		expect(await warningsOf(settings)).toEqual([]);
	});
});

test('default privileges that the app set for itself, as any role can, do not stop bootstrap', async () => {
	const settings = await bootstrapped();
	const own = 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC';
	await run(server.admin, settings.name, settings.app, own);
	expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
});
