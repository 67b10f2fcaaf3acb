import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { PreparedServer } from 'slipway';
import { type Connection, withClient } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { signalServer } from 'slipway/test-helpers/signal-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/index.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase();
});
afterAll(() => server[Symbol.asyncDispose]());

function open(connection: Connection = server.app, deadline = 3000) {
	const database = openDatabase(connection, { maxConnections: 1, deadline });
	onTestFinished(() => database[Symbol.asyncDispose]());
	return database;
}

const pidOf = (database: ReturnType<typeof open>): Promise<number> =>
	database.run(async (sql) => (await sql`SELECT pg_backend_pid() AS pid`)[0]?.pid);

describe('a database that fails', () => {
	test('is asked again after its connection was ended', async () => {
		const database = open();
		const pid = await pidOf(database);
		await withClient(server.admin, (sql) => sql`SELECT pg_terminate_backend(${pid}, 5000)`);
		await eventually(() =>
			pidOf(database).then(
				(next) => next !== pid,
				() => false,
			),
		);
	});

	test('fails the statement during which the connection ends', async () => {
		const database = open();
		const pid = await pidOf(database);
		const slow = database.run((sql) => sql`SELECT pg_sleep(60)`);
		const failure = expect(slow).rejects.toMatchObject({ code: 'statement-failed' });
		await withClient(server.admin, (sql) => sql`SELECT pg_terminate_backend(${pid}, 5000)`);
		await failure;
	});

	test('is on a fresh connection after a failed statement, since the server may have become a standby', async () => {
		const database = open();
		const pid = await pidOf(database);
		await expect(database.run((sql) => sql`SELECT 1 / 0`)).rejects.toMatchObject({
			code: 'statement-failed',
			message: expect.stringContaining('division by zero'),
		});
		expect(await pidOf(database)).not.toBe(pid);
	});

	test('says what its users can do', async () => {
		await expect(pidOf(open({ ...server.app, port: 1 }))).rejects.toMatchObject({ code: 'server-refuses' });
		await expect(pidOf(open({ ...server.app, password: 'SECRET' }))).rejects.toMatchObject({
			code: 'wrong-password',
			message: expect.not.stringContaining('SECRET'),
		});
		await expect(open().run((sql) => sql`SELECT FROM pg_authid`)).rejects.toMatchObject({
			code: 'statement-failed',
			message: expect.stringContaining('permission denied for table pg_authid'),
		});
	});
});

describe('a database that hangs', () => {
	test('a statement that waits for a lock ends on the server before the deadline', async () => {
		await withClient(server.migrator, (sql) => sql.unsafe('CREATE TABLE contended (id int PRIMARY KEY)'));
		const database = open(server.app, 2000);
		await pidOf(database); // The deadline is for a new connection, too.
		await withClient(server.app, async (holder) => {
			await holder.begin(async (sql) => {
				await sql`INSERT INTO contended VALUES (1)`;
				await expect(database.run((other) => other`INSERT INTO contended VALUES (1)`)).rejects.toMatchObject({
					message: expect.stringContaining('statement timeout'),
				});
			});
		});
	});

	test('a server that takes connections and says nothing fails statements at the deadline', async () => {
		const silent = await listen(() => {});
		await expect(pidOf(open({ ...server.app, host: '127.0.0.1', port: silent }, 200))).rejects.toMatchObject({
			code: 'no-answer',
		});
	});

	test('a statement may have less time than others', async () => {
		const silent = await listen(() => {});
		const database = open({ ...server.app, host: '127.0.0.1', port: silent }, 600_000);
		await expect(database.run((sql) => sql`SELECT 1`, 100)).rejects.toMatchObject({
			code: 'no-answer',
			message: expect.stringContaining('within 100 ms'),
		});
	});

	test('a server that takes connections and ends them at once fails statements at once', async () => {
		const closing = await listen((socket) => socket.end());
		const app = { ...server.app, host: '127.0.0.1', port: closing };
		await expect(pidOf(open(app, 60_000))).rejects.toMatchObject({ code: 'statement-failed' });
	});

	test('a backend that is stopped in the middle fails its statement, and the next one has another', async () => {
		const database = open(server.app, 2000);
		const pid = await pidOf(database);
		await signalServer(server.admin, 'SIGSTOP', pid);
		onTestFinished(() => signalServer(server.admin, 'SIGCONT', pid));
		await expect(pidOf(database)).rejects.toMatchObject({ code: 'no-answer' });
		expect(await pidOf(database)).not.toBe(pid);
	});
});

async function listen(onConnection: Parameters<typeof createServer>[1] & object): Promise<number> {
	const listener = createServer(onConnection).listen(0, '127.0.0.1');
	await once(listener, 'listening');
	onTestFinished(() => void listener.close());
	return (listener.address() as AddressInfo).port;
}
