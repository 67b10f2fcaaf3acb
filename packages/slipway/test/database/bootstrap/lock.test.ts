import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openClient, withClient } from '../../../src/connection/index.ts';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import { acquireBootstrapLock } from '../../../src/database/bootstrap/lock.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import type { DatabaseSettings } from '../../../src/settings/index.ts';
import { newDatabase, run } from '../../helpers/new-database.ts';
import { startTestDatabase, startTestServer } from '../../helpers/server.ts';

const lockKey = 7_250_163_842;

/** Each test gets its own server, because there is one bootstrap lock per server. */
async function ownServer(): Promise<PostgresServer> {
	const server = await startTestServer();
	onTestFinished(async () => await server[Symbol.asyncDispose]());
	return server;
}

/** Lets the app hold the bootstrap lock. */
async function holdLock({ admin }: PostgresServer, { app }: DatabaseSettings): Promise<void> {
	const session = openClient({ ...admin, ...app }, { applicationName: 'worker' });
	onTestFinished(() => session.end({ timeout: 0 }));
	await session`SELECT pg_advisory_lock(${lockKey})`;
}

describe('on a shared server, a role that holds the bootstrap lock', () => {
	test('is reported while bootstrap waits, which continues once the lock is free', async () => {
		const [server, settings] = [await ownServer(), newDatabase()];
		const { admin } = server;
		await bootstrapDatabase(admin, settings);
		await holdLock(server, settings);
		const said = Promise.withResolvers<string>();
		const waiting = bootstrapDatabase(admin, settings, { onWait: said.resolve });
		const line = await said.promise;
		expect(line).toMatch(
			new RegExp(
				`^waiting for the bootstrap lock, held by server process \\d+ \\(worker as ${settings.app.username}; idle: `,
			),
		);
		const pid = Number(/process (\d+)/.exec(line)?.[1]);
		await withClient(admin, (sql) => sql`SELECT pg_terminate_backend(${pid})`);
		expect(await waiting).toEqual([]);
	});

	test('is named by the timeout error, with the statement that ends it', async () => {
		const [server, settings] = [await ownServer(), newDatabase()];
		const { admin } = server;
		await bootstrapDatabase(admin, settings);
		await holdLock(server, settings);
		const error = await withClient(admin, (sql) => acquireBootstrapLock(sql, admin, { timeout: 1 })).catch(
			(each: unknown) => each,
		);
		expect(error).toMatchObject({
			code: 'bootstrap-busy',
			message: expect.stringContaining(`(worker as ${settings.app.username}; idle: `),
		});
		const statement = (error as { hint: string }).hint.split('\n')[1] ?? '';
		expect(statement).toMatch(/^ {2}SELECT pg_terminate_backend\(\d+\); -- in the database "postgres"$/);
		await run(admin, 'postgres', admin, statement);
		expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	});

	test('does not block a dry run', async () => {
		const [server, settings] = [await ownServer(), newDatabase()];
		await bootstrapDatabase(server.admin, settings);
		await holdLock(server, settings);
		expect(await bootstrapDatabase(server.admin, settings, { dryRun: true })).toEqual([]);
	});
});

test('a prepared transaction that holds the lock is named, with the statement that ends it', async () => {
	await using server = await startTestDatabase({ settings: { max_prepared_transactions: '1' } });
	const admin = { ...server.admin, database: 'postgres' };
	await run(
		admin,
		'postgres',
		admin,
		`BEGIN; SELECT pg_advisory_xact_lock(${lockKey}); PREPARE TRANSACTION 'forgotten'`,
	);
	const error = await withClient(admin, (sql) => acquireBootstrapLock(sql, admin, { timeout: 1 })).catch(
		(each: unknown) => each,
	);
	expect(error).toMatchObject({
		code: 'bootstrap-busy',
		message: expect.stringContaining("held by the prepared transaction 'forgotten'"),
	});
	await run(admin, 'postgres', admin, (error as { hint: string }).hint.split('\n')[1] ?? '');
	await withClient(admin, (sql) => acquireBootstrapLock(sql, admin));
});

describe('a dedicated server', () => {
	let server: PostgresServer;
	beforeAll(async () => {
		server = await startTestServer();
	});
	afterAll(() => server[Symbol.asyncDispose]());

	test.each(['postgres', 'template1'])(
		'does not let the app and the migrator connect to %s',
		async (database) => {
			const settings = newDatabase();
			await bootstrapDatabase(server.admin, settings, { dedicated: true });
			for (const login of [settings.app, settings.migrator])
				await expect(run(server.admin, database, login, 'SELECT 1')).rejects.toMatchObject({
					code: 'connect-denied',
				});
			expect(await bootstrapDatabase(server.admin, settings, { dedicated: true })).toEqual([]);
		},
	);

	test('is planned for exactly as it is then changed', async () => {
		await using fresh = await startTestServer();
		const settings = newDatabase();
		const options = { dedicated: true };
		const plan = await bootstrapDatabase(fresh.admin, settings, { ...options, dryRun: true });
		expect(plan.map(({ summary }) => summary)).toEqual(
			expect.arrayContaining([
				'revoked TEMPORARY, CONNECT on database "postgres" from PUBLIC',
				'revoked CONNECT on database "template1" from PUBLIC',
			]),
		);
		expect(await bootstrapDatabase(fresh.admin, settings, options)).toEqual(plan);
	});

	test('is what startPostgres and the fixtures set up', async () => {
		await using own = await startTestDatabase();
		await expect(run(own.admin, 'postgres', own.app, 'SELECT 1')).rejects.toMatchObject({
			code: 'connect-denied',
		});
	});
});

test('a shared server keeps its databases as they are', async () => {
	const [server, settings] = [await ownServer(), newDatabase()];
	const grants = () =>
		run(
			server.admin,
			'postgres',
			server.admin,
			"SELECT datname, datacl FROM pg_database WHERE NOT datname ^@ 'test_' ORDER BY 1",
		);
	const before = await grants();
	await bootstrapDatabase(server.admin, settings);
	expect(await grants()).toEqual(before);
});
