import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { StandbyPool } from '../../src/standby/pool.ts';
import { eventually } from '../helpers/eventually.ts';

/** A pool of servers that listen, with what has become of each. */
function startPool({ limit = 2, idleTime = 600_000, fault = (): boolean => false } = {}) {
	const counts = { started: 0, running: 0, starting: 0, mostStarting: 0 };
	const pool = new StandbyPool({
		start: async () => {
			counts.mostStarting = Math.max(counts.mostStarting, ++counts.starting);
			try {
				return await startListener(counts, fault());
			} finally {
				counts.starting--;
			}
		},
		limit: () => limit,
		idleTime,
	});
	onTestFinished(async () => {
		await pool[Symbol.asyncDispose]();
	});
	return { pool, counts };
}

async function startListener(counts: { started: number; running: number }, fault: boolean) {
	const listener = createServer().listen(fault ? -1 : 0, '127.0.0.1');
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

test('nothing is started before the first is asked for', async () => {
	const { counts } = startPool();
	await new Promise(setImmediate);
	expect(counts.started).toBe(0);
});

test('one is ready for the next who comes', async () => {
	const { pool, counts } = startPool();
	const first = await pool.take();
	await eventually(() => pool.readyCount === 1);
	const second = await pool.take();
	expect(second).not.toBe(first);
	await eventually(() => pool.readyCount === 1 && counts.started === 3);
	for (const { listener } of [first, second]) listener.close();
});

test('more are kept ready once several had to wait, up to the limit', async () => {
	const { pool } = startPool({ limit: 3 });
	const taken = await Promise.all(Array.from({ length: 8 }, () => pool.take()));
	expect(new Set(taken).size).toBe(8);
	await eventually(() => pool.readyCount === 3);
	for (const { listener } of taken) listener.close();
});

test('no more are started at a time than the limit, and all twenty who wait get one', async () => {
	const { pool, counts } = startPool({ limit: 2 });
	const taken = await Promise.all(Array.from({ length: 20 }, () => pool.take()));
	expect(new Set(taken).size).toBe(20);
	expect(counts.mostStarting).toBe(2);
	for (const { listener } of taken) listener.close();
});

test('where there is room for none, none is kept ready, and who comes gets one all the same', async () => {
	const { pool, counts } = startPool({ limit: 0 });
	const taken = await Promise.all([pool.take(), pool.take()]);
	await new Promise(setImmediate);
	expect(counts).toMatchObject({ started: 2, mostStarting: 1 });
	for (const { listener } of taken) listener.close();
});

test('what nobody asks for any more ends', async () => {
	const { pool, counts } = startPool({ idleTime: 20 });
	const { listener } = await pool.take();
	listener.close();
	await eventually(() => counts.started === 2 && counts.running === 0);
	expect((await pool.take()).listener.listening).toBe(true);
});

test('one that ended while it stood ready is not handed out', async () => {
	const { pool } = startPool({ limit: 1 });
	const first = await pool.take();
	await eventually(() => pool.readyCount === 1);
	const second = await pool.take();
	await eventually(() => pool.readyCount === 1);
	for (const { listener } of [first, second]) listener.close();
	const third = await pool.take();
	const socket = connect((third.listener.address() as { port: number }).port, '127.0.0.1');
	await once(socket, 'connect');
	socket.destroy();
	third.listener.close();
});

test('a start that fails is told to all who wait, and the next who comes has it tried again', async () => {
	let failing = true;
	const { pool, counts } = startPool({ limit: 1, fault: () => failing });
	const results = await Promise.allSettled(Array.from({ length: 5 }, () => pool.take()));
	expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
	failing = false;
	const { listener } = await pool.take();
	expect(counts.started).toBe(1);
	listener.close();
});

test('one that is drained serves who waits, and keeps none ready', async () => {
	const { pool, counts } = startPool({ limit: 1 });
	const taken = [pool.take(), pool.take(), pool.take()];
	await pool.drain();
	const [one, two, three] = await Promise.all(taken);
	expect(counts.running).toBe(3);
	for (const each of [one, two, three]) await each?.[Symbol.asyncDispose]();
	expect(pool.readyCount).toBe(0);
});
