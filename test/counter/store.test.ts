import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type Connection, type PreparedServer, withClient } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { KeyReusedError } from '../../src/counter/counters.ts';
import { prune } from '../../src/counter/pruning.ts';
import { openCounters, openDatabase, openFlushingDatabase } from '../../src/index.ts';
import { migrations } from '../helpers/service-process.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

/** The counters as a separate process would open it. */
function open(connection: Connection = server.app) {
	const writing = openFlushingDatabase(connection);
	const reading = openDatabase(connection, { maxConnections: 1 });
	onTestFinished(async () => {
		await writing[Symbol.asyncDispose]();
		await reading[Symbol.asyncDispose]();
	});
	return openCounters({ writing, reading });
}

const setValue = (value: bigint) =>
	withClient(server.app, (sql) => sql`UPDATE counter SET value = ${String(value)} WHERE name = 'visits'`);

test('each hit gets the next number, and the table holds the last one', async () => {
	await setValue(10n);
	const counter = open();
	expect(await counter.hit('visits')).toBe(11n);
	expect(await Promise.all([counter.hit('visits'), counter.hit('visits'), counter.hit('visits')])).toEqual([
		12n,
		13n,
		14n,
	]);
	expect(await open().read('visits')).toBe(14n);
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
						return await counters[process]?.hit('visits');
					}),
				);
				expect(new Set(numbers)).toEqual(new Set(hits.map((_, i) => start + BigInt(i + 1))));
				expect(await counters[0]?.read('visits')).toBe(start + BigInt(hits.length));
			},
		),
		{ numRuns: 25 },
	);
});

test('beyond 2^53, every number is exact', async () => {
	await setValue(2n ** 53n);
	const counter = open();
	expect(await Promise.all([counter.hit('visits'), counter.hit('visits')])).toEqual([
		2n ** 53n + 1n,
		2n ** 53n + 2n,
	]);
	expect(await counter.read('visits')).toBe(2n ** 53n + 2n);
});

test('at the largest number, a hit fails and changes nothing', async () => {
	const last = 2n ** 63n - 1n;
	await setValue(last);
	const counter = open();
	await expect(counter.hit('visits')).rejects.toMatchObject({ code: 'statement-failed' });
	expect(await counter.read('visits')).toBe(last);
});

test('without the table, a hit fails with what to do', async () => {
	await using empty = await startTestDatabase();
	await expect(open(empty.app).hit('visits')).rejects.toMatchObject({
		code: 'statement-failed',
		message: expect.stringContaining('relation "counter" does not exist'),
		hint: 'Run scripts/migrate up.',
	});
});

test('a counter is created by its first hit, and read and listed by name', async () => {
	const counters = open();
	expect(await counters.read('list.b')).toBe(undefined);
	expect(await counters.hit('list.b')).toBe(1n);
	expect(await counters.hit('list.a', 5)).toBe(5n);
	expect(await counters.hit('list.c')).toBe(1n);
	expect(await counters.read('list.a')).toBe(5n);
	expect(await counters.list('list', 2)).toEqual([
		{ name: 'list.a', count: 5n },
		{ name: 'list.b', count: 1n },
	]);
	expect(await counters.list('list.b', 1)).toEqual([{ name: 'list.c', count: 1n }]);
});

test('several processes count on the same counters in any order, and each minute holds what was added in it', async () => {
	const processes = [open(), open(), open()];
	const names = ['order.a', 'order.b', 'order.c', 'order.d'];
	const hit = fc.record({
		process: fc.constantFrom(...processes),
		name: fc.constantFrom(...names),
		by: fc.integer({ min: 1, max: 9 }),
		delay: fc.nat({ max: 3 }),
	});
	const added = new Map(names.map((name) => [name, 0]));
	await fc.assert(
		fc.asyncProperty(fc.array(hit, { minLength: 1, maxLength: 100 }), async (hits) => {
			for (const { name, by } of hits) added.set(name, (added.get(name) ?? 0) + by);
			await Promise.all(
				hits.map(async ({ process, name, by, delay }) => {
					await sleep(delay);
					await process.hit(name, by);
				}),
			);
		}),
		{ numRuns: 25 },
	);
	const sums = await withClient(
		server.app,
		(sql) => sql`
			SELECT name, value::int AS added, (SELECT sum(hits)::int FROM counter_minute minute
				WHERE minute.name = counter.name AND minute > now() - interval '1 hour') AS charted
			FROM counter WHERE name LIKE 'order.%' AND value > 0 ORDER BY name`,
	);
	const expected = [...added].filter(([, sum]) => sum > 0);
	expect([...sums]).toEqual(expected.map(([name, sum]) => ({ name, added: sum, charted: sum })));
});

test('hits with a key count once, whichever processes retry them at whatever time', async () => {
	const processes = [open(), open(), open()];
	const hit = fc.record({
		process: fc.constantFrom(...processes),
		key: fc.nat({ max: 20 }),
		delay: fc.nat({ max: 5 }),
	});
	/** What a key stands for: a key belongs to one counter and number. */
	const meaning = (key: number) => ({ name: `keyed.${key % 3}`, by: (key % 4) + 1 });
	let run = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(hit, { minLength: 1, maxLength: 100 }), async (hits) => {
			run += 1;
			const before = new Map((await open().list('keyed', 3)).map(({ name, count }) => [name, count]));
			const values = new Map<number, Set<bigint>>();
			await Promise.all(
				hits.map(async ({ process, key, delay }) => {
					await sleep(delay);
					const { name, by } = meaning(key);
					const value = await process.hit(name, by, `${run} ${key}`);
					values.set(key, (values.get(key) ?? new Set()).add(value));
				}),
			);
			const taken = new Map<string, bigint[]>();
			for (const [key, [value = 0n, ...others]] of values) {
				expect(others).toEqual([]);
				const { name, by } = meaning(key);
				const numbers = Array.from({ length: by }, (_, index) => value - BigInt(index));
				taken.set(name, [...(taken.get(name) ?? []), ...numbers]);
			}
			for (const [name, numbers] of taken) {
				const start = before.get(name) ?? 0n;
				const sorted = numbers.toSorted((a, b) => Number(a - b));
				expect(sorted).toEqual(numbers.map((_, index) => start + BigInt(index + 1)));
				expect(await open().read(name)).toBe(start + BigInt(numbers.length));
			}
		}),
		{ numRuns: 25 },
	);
});

test('of two processes that count a hit with the same key at the same time, one does', async () => {
	await open().hit('race');
	const processes = [open(), open()];
	const hits = await withClient(server.app, (sql) =>
		sql.begin(async (transaction) => {
			await transaction`SELECT FROM counter WHERE name = 'race' FOR UPDATE`;
			const values = processes.map((process) => process.hit('race', 1, 'a racing key'));
			await eventually(async () => {
				// From another session: in a transaction, the view stays the same.
				const waiting = await withClient(
					server.app,
					(other) => other`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
				);
				return waiting.length === processes.length;
			});
			return { values };
		}),
	);
	expect(await Promise.all(hits.values)).toEqual([2n, 2n]);
	expect(await open().read('race')).toBe(2n);
});

test('a key is for one counter and one number', async () => {
	const counters = open();
	await counters.hit('reuse', 2, 'a key');
	for (const other of [open(), counters]) {
		await expect(other.hit('reuse', 3, 'a key')).rejects.toBeInstanceOf(KeyReusedError);
		await expect(other.hit('reuse.other', 2, 'a key')).rejects.toBeInstanceOf(KeyReusedError);
	}
	const both = [counters.hit('reuse', 1, 'new'), counters.hit('reuse', 2, 'new')];
	expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
	expect(await counters.read('reuse')).toBe(3n);
});

test('a key is forgotten after a day', async () => {
	const counters = open();
	expect(await counters.hit('forgotten', 1, 'old key')).toBe(1n);
	expect(await counters.hit('forgotten', 1, 'young key')).toBe(2n);
	await withClient(
		server.app,
		(sql) => sql`UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = 'old key'`,
	);
	const database = openDatabase(server.app, { maxConnections: 1 });
	onTestFinished(() => database[Symbol.asyncDispose]());
	await prune(database);
	expect(await counters.hit('forgotten', 1, 'old key')).toBe(3n);
	expect(await counters.hit('forgotten', 1, 'young key')).toBe(2n);
});

test('the database refuses a name that the API would', async () => {
	await expect(open().hit('No Name')).rejects.toMatchObject({ code: 'statement-failed' });
});

test('pruning deletes the minutes that are older than a day, and no others', async () => {
	await withClient(server.app, async (sql) => {
		await sql`INSERT INTO counter (name) VALUES ('pruned')`;
		await sql`
			INSERT INTO counter_minute (name, minute, hits)
			SELECT 'pruned', date_trunc('minute', now()) - n * interval '1 minute', 1 FROM generate_series(1, 4000) AS n`;
	});
	const database = openDatabase(server.app, { maxConnections: 1 });
	onTestFinished(() => database[Symbol.asyncDispose]());
	await prune(database);
	const [left] = await withClient(
		server.app,
		(sql) => sql`
			SELECT count(*)::int, now() - min(minute) < interval '1 day 2 minutes' AS young
			FROM counter_minute WHERE name = 'pruned'`,
	);
	expect(left?.young).toBe(true);
	expect(left?.count).toBeGreaterThanOrEqual(1438);
});
