import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type Connection, type PreparedServer, withClient } from 'slipway';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openCounter, openDatabase } from '../../src/index.ts';
import { migrations } from '../helpers/service-process.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A counter as a separate process would open it. */
function open(connection: Connection = server.app) {
	const writing = openDatabase(connection, { maxConnections: 1 });
	const reading = openDatabase(connection, { maxConnections: 1 });
	onTestFinished(async () => {
		await writing[Symbol.asyncDispose]();
		await reading[Symbol.asyncDispose]();
	});
	return openCounter({ writing, reading });
}

const setValue = (value: bigint) =>
	withClient(server.app, (sql) => sql`UPDATE counter SET value = ${String(value)} WHERE name = 'visits'`);

test('each hit gets the next number, and the table holds the last one', async () => {
	await setValue(10n);
	const counter = open();
	expect(await counter.hit()).toBe(11n);
	expect(await Promise.all([counter.hit(), counter.hit(), counter.hit()])).toEqual([12n, 13n, 14n]);
	expect(await open().read()).toBe(14n);
});

test('hits of several processes get unique numbers without a gap, whatever their timing', async () => {
	const counters = [open(), open(), open()];
	const hit = fc.record({ process: fc.nat({ max: 2 }), delay: fc.nat({ max: 5 }) });
	await fc.assert(
		fc.asyncProperty(
			fc.bigInt({ min: 0n, max: 2n ** 60n }),
			fc.array(hit, { minLength: 1, maxLength: 200 }),
			async (start, hits) => {
				await setValue(start);
				const numbers = await Promise.all(
					hits.map(async ({ process, delay }) => {
						await sleep(delay);
						return await counters[process]?.hit();
					}),
				);
				expect(new Set(numbers)).toEqual(new Set(hits.map((_, i) => start + BigInt(i + 1))));
				expect(await counters[0]?.read()).toBe(start + BigInt(hits.length));
			},
		),
		{ numRuns: 25 },
	);
});

test('beyond 2^53, every number is exact', async () => {
	await setValue(2n ** 53n);
	const counter = open();
	expect(await Promise.all([counter.hit(), counter.hit()])).toEqual([2n ** 53n + 1n, 2n ** 53n + 2n]);
	expect(await counter.read()).toBe(2n ** 53n + 2n);
});

test('at the largest number, a hit fails and changes nothing', async () => {
	const last = 2n ** 63n - 1n;
	await setValue(last);
	const counter = open();
	await expect(counter.hit()).rejects.toMatchObject({ code: 'statement-failed' });
	expect(await counter.read()).toBe(last);
});

test('without the table or its row, a hit fails with what to do', async () => {
	await using empty = await startTestDatabase();
	await expect(open(empty.app).hit()).rejects.toMatchObject({
		code: 'statement-failed',
		message: expect.stringContaining('relation "counter" does not exist'),
		hint: 'Run scripts/migrate up.',
	});
	await withClient(empty.migrator, (sql) => sql`CREATE TABLE counter (name text, value bigint)`);
	await expect(open(empty.app).hit()).rejects.toMatchObject({ code: 'no-counter' });
	await expect(open(empty.app).read()).rejects.toMatchObject({ code: 'no-counter' });
});
