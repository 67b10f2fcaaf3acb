import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { explainDenied } from '../../src/denials/index.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { startTestDatabase } from '../helpers/server.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase();
	await run(
		'migrator',
		`CREATE TABLE orders (id serial); CREATE SCHEMA billing; CREATE TABLE billing."Order items" (id int);
		CREATE TABLE days (day date) PARTITION BY RANGE (day); CREATE MATERIALIZED VIEW totals AS SELECT 1 AS total;
		CREATE TABLE log (id int); REVOKE DELETE ON log FROM app_user;
		CREATE SCHEMA internal; CREATE TABLE internal.secret (id int); REVOKE ALL ON SCHEMA internal FROM app_user`,
	);
});
afterAll(() => server?.stop());

function run(as: 'app' | 'migrator' | 'admin', statements: string): Promise<unknown> {
	return withClient(server[as], async (sql) => await sql.unsafe(statements));
}

async function denied(statement: string): Promise<Error & { query?: string }> {
	return await run('app', statement).then(
		() => Promise.reject(new Error(`the app may ${statement}`)),
		(error) => error,
	);
}

const grantIn = (hint = '') => /GRANT .*;/.exec(hint)?.[0];

describe('a missing grant', () => {
	test.each([
		['TRUNCATE orders', 'GRANT TRUNCATE ON "orders" TO app_user;'],
		['TRUNCATE billing."Order items"', 'GRANT TRUNCATE ON "billing"."Order items" TO app_user;'],
		["SELECT setval('orders_id_seq', 7)", 'GRANT UPDATE ON SEQUENCE "orders_id_seq" TO app_user;'],
		['DELETE FROM log', 'GRANT DELETE ON "log" TO app_user;'],
		['INSERT INTO internal.secret VALUES (1)', 'GRANT USAGE ON SCHEMA "internal" TO app_user;'],
	])('for %s is a line that lets it run', async (statement, line) => {
		const error = await denied(statement);
		expect(explainDenied(error, 'app_user')).toContain("login: 'migrator'");
		expect(grantIn(explainDenied(error, 'app_user'))).toBe(line);
		await run('migrator', line);
		await run('app', statement);
	});

	test('for REFRESH MATERIALIZED VIEW is a grant, and a function before version 17', async () => {
		const hint = explainDenied(await denied('REFRESH MATERIALIZED VIEW totals'), 'app_user');
		expect(grantIn(hint)).toBe('GRANT MAINTAIN ON "totals" TO app_user;');
		await run('migrator', /CREATE FUNCTION .*;/.exec(hint ?? '')?.[0] ?? '');
		await run('app', 'SELECT refresh_totals()');
	});

	test('is found without the statement, which pg does not report', async () => {
		const { message } = await denied('TRUNCATE days');
		expect(grantIn(explainDenied({ code: '42501', message }, 'app_user'))).toBe(
			'GRANT TRUNCATE ON "days" TO app_user;',
		);
	});

	test("is exact where the server's log has the statement", () => {
		const message = 'permission denied for schema billing';
		const log = [{ message, statement: 'CREATE TABLE billing.extra (id int)' }];
		expect(explainDenied({ message }, 'app_user', log)).toContain('lacks CREATE on the schema "billing"');
		expect(explainDenied({ message }, 'app_user')).toContain(
			'lacks USAGE on the schema "billing", or CREATE',
		);
	});
});

test.each([
	['CREATE TABLE IF NOT EXISTS orders (id int)', 'CREATE on the schema "public"'],
	['CREATE TABLE billing.extra (id int)', 'CREATE on the schema "billing"'],
	[
		"CREATE TABLE today PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2026-01-02')",
		'SECURITY DEFINER',
	],
	['CREATE TEMPORARY TABLE scratch (id int)', 'roles: { temporaryTables: true }'],
	['SELECT 1 AS id INTO extra', 'CREATE on the schema "public"'],
	['CREATE SCHEMA IF NOT EXISTS billing', 'CREATE on the database'],
	["COMMENT ON TABLE orders IS 'x'", 'Do it in a migration'],
	['ALTER TABLE orders ADD COLUMN note text', 'Do it in a migration'],
	['CREATE ROLE tenant', "connect({ as: 'admin' })"],
	['SET ROLE app_owner', 'GRANT "app_owner" TO app_user;'],
	['CREATE EXTENSION citext', "extensions: ['citext']"],
	['SELECT * FROM pg_authid', 'superuser'],
	['SELECT lo_create(0)', 'large objects'],
	['SET session_replication_role = replica', 'GRANT SET ON PARAMETER session_replication_role TO app_user;'],
	[
		'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user',
		'only its own sessions',
	],
])('what no grant of a migration allows leads elsewhere: %s', async (statement, advice) => {
	expect(explainDenied(await denied(statement), 'app_user')).toContain(advice);
});

describe('an error is found', () => {
	const message = 'permission denied for table orders';
	test.each<[string, object]>([
		['in a Drizzle error', { message: 'Failed query: …', query: 'truncate a.orders', cause: { message } }],
		['in a Knex error', { message: `truncate "a"."orders" - ${message}` }],
		['in a Sequelize error', { message, original: { message, sql: 'TRUNCATE A.orders' } }],
		['in a TypeORM error', { message, query: 'TRUNCATE a."orders"', driverError: { message } }],
		[
			'in a Prisma error',
			{
				message: `Raw query failed. Code: \`42501\`. Message: \`ERROR: ${message}\``,
				meta: { driverAdapterError: { cause: { originalMessage: message, query: 'TRUNCATE a.orders' } } },
			},
		],
		['in an AggregateError', { message: '', errors: [{ message, query: 'TRUNCATE a.orders' }] }],
	])('%s', (_, error) => {
		expect(grantIn(explainDenied(error, 'app'))).toBe('GRANT TRUNCATE ON "a"."orders" TO app;');
	});

	test('with a role whose name needs quotes', () => {
		expect(grantIn(explainDenied({ message }, 'my app'))).toBe('GRANT TRUNCATE ON "orders" TO "my app";');
	});
});

test.each([
	new Error('new row violates row-level security policy for table "orders"'),
	new Error('permission denied, open /etc/shadow'),
	'permission denied for table orders',
	undefined,
])('other errors are not explained: %s', (error) => {
	expect(explainDenied(error, 'app_user')).toBeUndefined();
});
