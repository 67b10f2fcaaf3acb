import { type Connection, type PreparedServer, withClient } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import {
	describeWithPgBouncer,
	type PgBouncer,
	poolModes,
	startPgBouncer,
} from 'slipway/test-helpers/pgbouncer';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openCounters, openDatabase, openFlushingDatabase } from '../src/index.ts';
import { migrations, startService } from './helpers/service-process.ts';
import { visit } from './helpers/visitors.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations, seed: 'CREATE TABLE contended AS SELECT 1 AS id' });
});
afterAll(() => server[Symbol.asyncDispose]());

function open(connection: Connection, deadline?: number) {
	const database = openDatabase(connection, { maxConnections: 1, ...(deadline && { deadline }) });
	onTestFinished(() => database[Symbol.asyncDispose]());
	return database;
}

function openWriting(connection: Connection) {
	const database = openFlushingDatabase(connection);
	onTestFinished(() => database[Symbol.asyncDispose]());
	return database;
}

async function expectLimit(app: Connection): Promise<void> {
	const database = open(app, 3000);
	// The deadline would include the time to connect.
	await database.run((sql) => sql`SELECT 1`);
	await withClient(server.app, (holder) =>
		holder.begin(async (sql) => {
			await sql`SELECT FROM contended FOR UPDATE`;
			const waiting = database.run((other) => other`SELECT id FROM contended FOR UPDATE`);
			await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining('statement timeout') });
		}),
	);
}

/** Opens the events of a page. Returns a function for what has arrived. */
async function followEvents(address: string): Promise<() => string> {
	const client = new AbortController();
	onTestFinished(() => client.abort());
	const { body } = await fetch(`${address}api/counter/events`, { signal: client.signal });
	let received = '';
	const receive = async () => {
		for await (const chunk of body ?? []) received += new TextDecoder().decode(chunk);
	};
	// It ends with an error when the service or the test does.
	void receive().catch(() => {});
	return () => received;
}

/** Sends a number that the table does not have, so that only a notification can show it. */
async function expectToListen(events: () => string, number: bigint): Promise<void> {
	await eventually(async () => {
		await withClient(server.app, (sql) => sql`SELECT pg_notify('counter', ${String(number)})`);
		return events().includes(`data: ${number}`);
	});
}

describeWithPgBouncer.each(poolModes)('behind PgBouncer in %s mode', (mode) => {
	let pooler: PgBouncer;
	let app: Connection;
	beforeAll(async () => {
		pooler = await startPgBouncer([server.app], mode);
		app = pooler.through(server.app);
	});
	afterAll(() => pooler.stop());

	test('the service is ready, and counts every visit once', async () => {
		await using service = await startService(app);
		expect(await (await fetch(`${service.address}readyz`)).json()).toEqual({ ready: true });
		const { visits, done } = visit(service.address, 16, ({ numbers }) => numbers.length < 500);
		await done;
		expect(visits).toMatchObject({ refusals: [], unanswered: 0 });
		expect(new Set(visits.numbers).size).toBe(visits.numbers.length);
		const { count } = (await (await fetch(`${service.address}api/counter`)).json()) as { count: number };
		expect(count).toBeGreaterThanOrEqual(Math.max(...visits.numbers));
	});

	test('several services count at once, over a single server connection if the mode allows', async () => {
		await using single = await startPgBouncer([server.app], mode, {
			// In session mode, each client has a server connection to itself.
			default_pool_size: mode === 'session' ? '10' : '1',
		});
		const counters = [1, 2, 3].map(() =>
			openCounters({
				writing: openWriting(single.through(server.app)),
				reading: open(single.through(server.app)),
			}),
		);
		const before = await counters[0]?.read('visits');
		const numbers = await Promise.all(
			Array.from({ length: 30 }, (_, index) => counters[index % 3]?.hit('visits')),
		);
		expect(new Set(numbers).size).toBe(30);
		expect(await counters[1]?.read('visits')).toBe((before ?? 0n) + 30n);
	});

	test('of the hits with a new key that services send at once, one counts', async () => {
		const counters = [1, 2, 3].map(() => openCounters({ writing: openWriting(app), reading: open(app) }));
		const name = `keyed.${mode}`;
		for (let round = 1; round <= 5; round++) {
			// Of statements that run at the same time, all but one fail, and are repeated.
			const values = await Promise.all(
				Array.from({ length: 60 }, (_, index) =>
					counters[index % 3]?.hit(name, 1, `${name} ${round} ${index % 20}`),
				),
			);
			expect(new Set(values).size).toBe(20);
			expect(await counters[2]?.read(name)).toBe(BigInt(round * 20));
		}
	});

	test('a statement that waits for a lock is cancelled on the server before the deadline', async () => {
		await expectLimit(app);
	});

	test('so is one if PgBouncer ignores the statement_timeout of logins', async () => {
		const ignoring = { ignore_startup_parameters: 'statement_timeout' };
		await using other = await startPgBouncer([server.app], mode, ignoring);
		await expectLimit(other.through(server.app));
	});

	test('the timeout applies to its statement only: other clients of the pool have none', async () => {
		await open(app).run((sql) => sql`SELECT 1`);
		await withClient(app, async (sql) => {
			expect(await sql`SHOW statement_timeout`).toEqual([{ statement_timeout: '0' }]);
		});
	});

	test('pages get updates from other processes at once in session mode or past the pooler; otherwise a warning is logged', async () => {
		const direct = { DB_MIGRATOR_HOST: server.app.host, DB_MIGRATOR_PORT: String(server.app.port) };
		for (const environment of [{}, direct]) {
			await using service = await startService(app, environment);
			const events = await followEvents(service.address);
			let log = '';
			service.child.stdout?.on('data', (text: string) => {
				log += text;
			});
			if (mode !== 'session' && environment !== direct) {
				await eventually(() => log.includes('"code":"session-shared"'));
				continue;
			}
			await expectToListen(events, 10n ** 12n);
			expect(log).not.toContain('session-shared');
		}
	});

	// In session mode, a session is cleared before it gets to another client.
	if (mode !== 'session')
		test('a LISTEN that another client has left in the session does not keep a service from listening past the pooler', async () => {
			await using single = await startPgBouncer([server.app], mode, { default_pool_size: '1' });
			await withClient(single.through(server.app), (sql) => sql`LISTEN counter`);
			await using service = await startService(single.through(server.app), {
				DB_MIGRATOR_HOST: server.app.host,
				DB_MIGRATOR_PORT: String(server.app.port),
			});
			const events = await followEvents(service.address);
			await expectToListen(events, 10n ** 15n);
			// A service that took the LISTEN for its own would have stopped by now.
			await expectToListen(events, 10n ** 15n + 1n);
		});

	test('the service recovers when the pooler is back', async () => {
		const first = await startPgBouncer([server.app], mode);
		const { port } = first.through(server.app);
		await using service = await startService(first.through(server.app));
		const status = async () => (await fetch(service.address)).status;
		expect(await status()).toBe(200);
		await first.stop();
		await eventually(async () => (await status()) === 503);
		await using _second = await startPgBouncer([server.app], mode, { listen_port: String(port) });
		await eventually(async () => (await status()) === 200);
	});
});
