import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Connection, type PreparedServer, withClient } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { signalServer } from 'slipway/test-helpers/signal-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';

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
	test('is reconnected to after its connection was terminated', async () => {
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

	test('fails the statement during which the connection is lost', async () => {
		const database = open();
		const pid = await pidOf(database);
		const slow = database.run((sql) => sql`SELECT pg_sleep(60)`);
		const failure = expect(slow).rejects.toMatchObject({ code: 'statement-failed' });
		await withClient(server.admin, (sql) => sql`SELECT pg_terminate_backend(${pid}, 5000)`);
		await failure;
	});

	test('is reconnected to after a failed statement, since the server may have become a standby', async () => {
		const database = open();
		const pid = await pidOf(database);
		await expect(database.run((sql) => sql`SELECT 1 / 0`)).rejects.toMatchObject({
			code: 'statement-failed',
			message: expect.stringContaining('division by zero'),
		});
		expect(await pidOf(database)).not.toBe(pid);
	});

	test('fails with a cause and a hint', async () => {
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
	test('cancels a statement that waits for a lock on the server, before the deadline', async () => {
		await withClient(server.migrator, (sql) => sql.unsafe('CREATE TABLE contended (id int PRIMARY KEY)'));
		const database = open(server.app, 2000);
		await pidOf(database); // The deadline would include the time to connect.
		await withClient(server.app, async (holder) => {
			await holder.begin(async (sql) => {
				await sql`INSERT INTO contended VALUES (1)`;
				await expect(database.run((other) => other`INSERT INTO contended VALUES (1)`)).rejects.toMatchObject({
					message: expect.stringContaining('statement timeout'),
				});
			});
		});
	});

	test('fails statements at the deadline if the server accepts connections and sends nothing', async () => {
		const silent = await listen(() => {});
		await expect(pidOf(open({ ...server.app, host: '127.0.0.1', port: silent }, 200))).rejects.toMatchObject({
			code: 'no-answer',
		});
	});

	test.each([1, 2])(
		'with %i hosts, accepts a shorter deadline for a statement, also after one that got no answer',
		async (hosts) => {
			const silent = { host: '127.0.0.1', port: await listen(() => {}) };
			const choice = { hosts: Array<typeof silent>(hosts).fill(silent), target: 'read-write' } as const;
			const database = open({ ...server.app, ...silent, ...(hosts > 1 && { choice }) }, 5000);
			for (let time = 1; time <= 2; time++)
				await expect(database.run((sql) => sql`SELECT 1`, 100)).rejects.toMatchObject({
					code: 'no-answer',
					message: expect.stringContaining('within 100 ms'),
				});
		},
	);

	test('fails statements at once if the server closes connections at once', async () => {
		const closing = await listen((socket) => socket.end());
		const app = { ...server.app, host: '127.0.0.1', port: closing };
		await expect(pidOf(open(app, 60_000))).rejects.toMatchObject({ code: 'statement-failed' });
	});

	test('fails the statement of a backend that is suspended, and gives the next one another backend', async () => {
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
