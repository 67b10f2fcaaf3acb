import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ServerPool } from '../../src/server-pool/pool.ts';
import { eventually } from '../helpers/eventually.ts';

/** A pool of plain TCP servers, with counts of their states. */
function startPool({ limit = 2, idleTime = 600_000, fails = (): boolean => false } = {}) {
	const counts = { started: 0, running: 0, starting: 0, mostStarting: 0 };
	const pool = new ServerPool({
		start: async () => {
			counts.mostStarting = Math.max(counts.mostStarting, ++counts.starting);
			try {
				return await startListener(counts, fails());
			} finally {
				counts.starting--;
			}
		},
		limit: () => limit,
		idleTime,
		headStart: () => 25,
	});
	onTestFinished(async () => {
		await pool[Symbol.asyncDispose]();
	});
	return { pool, counts };
}

async function startListener(counts: { started: number; running: number }, fails: boolean) {
	const listener = createServer().listen(fails ? -1 : 0, '127.0.0.1');
	await once(listener, 'listening');
	counts.started++;
	counts.running++;
	listener.once('close', () => counts.running--);
	return { listener, ended: endOf(listener), [Symbol.asyncDispose]: async () => void listener.close() };
}

async function endOf(listener: Server): Promise<Error> {
	await once(listener, 'close');
	return new Error('closed');
}

test('nothing starts before the first request', async () => {
	const { counts } = startPool();
	await new Promise(setImmediate);
	expect(counts.started).toBe(0);
});

test('a server is ready for the next request', async () => {
	const { pool, counts } = startPool();
	const first = await pool.acquire();
	await eventually(() => pool.readyCount === 1);
	const second = await pool.acquire();
	expect(second).not.toBe(first);
	await eventually(() => pool.readyCount === 1 && counts.started === 3);
	for (const { listener } of [first, second]) listener.close();
});

test('after several requests had to wait, more servers are kept ready, up to the limit', async () => {
	const { pool } = startPool({ limit: 3 });
	const acquired = await Promise.all(Array.from({ length: 8 }, () => pool.acquire()));
	expect(new Set(acquired).size).toBe(8);
	await eventually(() => pool.readyCount === 3);
	for (const { listener } of acquired) listener.close();
});

test('no more servers than the limit start at a time, and twenty waiting requests are all served', async () => {
	const { pool, counts } = startPool({ limit: 2 });
	const acquired = await Promise.all(Array.from({ length: 20 }, () => pool.acquire()));
	expect(new Set(acquired).size).toBe(20);
	expect(counts.mostStarting).toBe(2);
	for (const { listener } of acquired) listener.close();
});

test('with a limit of 0, none is kept ready, and requests are still served', async () => {
	const { pool, counts } = startPool({ limit: 0 });
	const acquired = await Promise.all([pool.acquire(), pool.acquire()]);
	await new Promise(setImmediate);
	expect(counts).toMatchObject({ started: 2, mostStarting: 1 });
	for (const { listener } of acquired) listener.close();
});

test('servers kept ready stop after an idle period', async () => {
	const { pool, counts } = startPool({ idleTime: 20 });
	const { listener } = await pool.acquire();
	listener.close();
	await eventually(() => counts.started === 2 && counts.running === 0);
	expect((await pool.acquire()).listener.listening).toBe(true);
});

test('a server that exits while it is kept ready is not handed out', async () => {
	const { pool } = startPool({ limit: 1 });
	const first = await pool.acquire();
	await eventually(() => pool.readyCount === 1);
	const second = await pool.acquire();
	await eventually(() => pool.readyCount === 1);
	for (const { listener } of [first, second]) listener.close();
	const third = await pool.acquire();
	const socket = connect((third.listener.address() as { port: number }).port, '127.0.0.1');
	await once(socket, 'connect');
	socket.destroy();
	third.listener.close();
});

test('a failed start rejects all waiting requests, and the next request tries again', async () => {
	let failing = true;
	const { pool, counts } = startPool({ limit: 1, fails: () => failing });
	const results = await Promise.allSettled(Array.from({ length: 5 }, () => pool.acquire()));
	expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
	failing = false;
	const { listener } = await pool.acquire();
	expect(counts.started).toBe(1);
	listener.close();
});

test('a drained pool serves waiting requests, and keeps no server ready', async () => {
	const { pool, counts } = startPool({ limit: 1 });
	const acquired = [pool.acquire(), pool.acquire(), pool.acquire()];
	await pool.drain();
	const [one, two, three] = await Promise.all(acquired);
	expect(counts.running).toBe(3);
	for (const each of [one, two, three]) await each?.[Symbol.asyncDispose]();
	expect(pool.readyCount).toBe(0);
});
