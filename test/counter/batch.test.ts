import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ShareOptions, shareCalls } from '../../src/counter/batch.ts';

describe('hits that share calls', () => {
	test('hits that arrive during a call share the next one', async () => {
		const { add, calls } = countingAdd();
		const hit = shareVisits(add);
		const first = hit();
		await calls.started(1);
		const later = [hit(), hit(), hit()];
		calls.finish();
		expect(await first).toBe(1n);
		await calls.started(2);
		calls.finish();
		expect(await Promise.all(later)).toEqual([2n, 3n, 4n]);
		expect(calls.sizes).toEqual([1, 3]);
	});

	test('a hit does not resolve before its call has succeeded', async () => {
		const { add, calls } = countingAdd();
		let resolved = false;
		const hit = shareVisits(add)().then(() => {
			resolved = true;
		});
		await calls.started(1);
		await turns(10);
		expect(resolved).toBe(false);
		calls.finish();
		await hit;
		expect(resolved).toBe(true);
	});

	test('a failed call fails its own hits and no others', async () => {
		const { add, calls } = countingAdd();
		const hit = shareVisits(add);
		const failing = [hit(), hit()];
		await calls.started(1);
		const after = hit();
		calls.finish(new Error('connection lost'));
		for (const each of failing) await expect(each).rejects.toThrow('connection lost');
		await calls.started(2);
		calls.finish();
		expect(await after).toBe(1n);
	});

	test('hits are counted after an idle time', async () => {
		let value = 0n;
		const hit = shareVisits(async (hits) => {
			value += BigInt(hits);
			return value;
		});
		expect(await hit()).toBe(1n);
		await turns(5);
		expect(await hit()).toBe(2n);
	});

	test('a number beyond 2^53 is exact', async () => {
		const hit = shareVisits(async () => 2n ** 53n + 3n);
		expect(await Promise.all([hit(), hit(), hit()])).toEqual([
			2n ** 53n + 1n,
			2n ** 53n + 2n,
			2n ** 53n + 3n,
		]);
	});

	test('when too many hits wait, further ones fail at once and the waiting ones do not', async () => {
		const { add, calls } = countingAdd();
		const hit = shareVisits(add, { maxWaiting: 2 });
		const running = hit();
		await calls.started(1);
		const waiting = [hit(), hit()];
		await expect(hit()).rejects.toMatchObject({ code: 'too-many-waiting' });
		calls.finish();
		await running;
		await calls.started(2);
		calls.finish();
		expect(await Promise.all(waiting)).toEqual([2n, 3n]);
	});

	test('a hit that has waited until its deadline fails and is not added', async () => {
		const { add, calls } = countingAdd();
		const hit = shareVisits(add, { deadline: 1000 });
		const first = hit();
		await calls.started(1);
		const waiting = expect(hit()).rejects.toMatchObject({ code: 'waited-too-long' });
		await sleep(1100);
		calls.finish();
		await waiting;
		expect(await first).toBe(1n);
		const next = hit();
		await calls.started(2);
		calls.finish();
		expect(await next).toBe(2n);
		expect(calls.sizes).toEqual([1, 1]);
	});

	test('the time that a hit has waited is deducted from the time limit of its call', async () => {
		const { add, calls } = countingAdd();
		const hit = shareVisits(add, { deadline: 60_000 });
		void hit();
		await calls.started(1);
		void hit();
		await sleep(20);
		calls.finish();
		await calls.started(2);
		calls.finish();
		expect(calls.times[1]).toBeLessThanOrEqual(60_000 - 19);
	});

	test('hits of several counters share a call, and each gets the number of its own counter', async () => {
		const calls: ReadonlyMap<string, number>[] = [];
		const hit = shareCalls(async (hits) => {
			calls.push(hits);
			return new Map([
				['a', 10n],
				['b', 7n],
			]);
		});
		expect(await Promise.all([hit('a'), hit('b', 5), hit('a', 2), hit('b')])).toEqual([8n, 6n, 10n, 7n]);
		expect(calls.map((hits) => Object.fromEntries(hits))).toEqual([{ a: 3, b: 6 }]);
	});

	test('whatever the timing and failures: one call at a time, and the numbers are those that were added', async () => {
		const hits = fc.array(
			fc.record({ name: fc.constantFrom('a', 'b', 'c'), by: fc.integer({ min: 1, max: 3 }) }),
			{
				maxLength: 6,
			},
		);
		const step = fc.record({ hits, pause: fc.integer({ min: 0, max: 4 }) });
		const call = fc.record({ fails: fc.boolean(), turns: fc.integer({ min: 0, max: 3 }) });
		await fc.assert(
			fc.asyncProperty(fc.array(step), fc.infiniteStream(call), async (steps, plan) => {
				const values = new Map<string, bigint>();
				let running = 0;
				const hit = shareCalls(async (hits) => {
					running += 1;
					expect(running).toBe(1);
					const { fails, turns: length } = plan.next().value;
					await turns(length);
					running -= 1;
					if (fails) throw new Error('failed');
					for (const [name, by] of hits) values.set(name, (values.get(name) ?? 0n) + BigInt(by));
					return new Map(values);
				});
				const numbers = new Map<string, bigint[]>();
				const take = (name: string, by: number) => (last: bigint) => {
					const taken = Array.from({ length: by }, (_, index) => last - BigInt(by - 1 - index));
					numbers.set(name, [...(numbers.get(name) ?? []), ...taken]);
				};
				const all: Promise<void>[] = [];
				for (const { hits, pause } of steps) {
					for (const { name, by } of hits) all.push(hit(name, by).then(take(name, by), () => {}));
					await turns(pause);
				}
				await Promise.all(all);
				for (const [name, value] of values)
					expect(numbers.get(name)).toEqual(Array.from({ length: Number(value) }, (_, i) => BigInt(i + 1)));
			}),
			{ numRuns: 100 },
		);
	});
});

/** Like `shareCalls`, for a single counter. */
function shareVisits(add: (hits: number, ms: number) => Promise<bigint>, options?: ShareOptions) {
	const hit = shareCalls(
		async (hits, ms) => new Map([['visits', await add(hits.get('visits') ?? 0, ms)]]),
		options,
	);
	return () => hit('visits');
}

/** An `add` whose calls end when the test finishes them. */
function countingAdd() {
	let value = 0n;
	const sizes: number[] = [];
	const times: number[] = [];
	let end: ((error?: Error) => void) | undefined;
	const add = async (hits: number, ms: number) => {
		sizes.push(hits);
		times.push(ms);
		const { promise, resolve } = Promise.withResolvers<Error | undefined>();
		end = resolve;
		const error = await promise;
		if (error !== undefined) throw error;
		value += BigInt(hits);
		return value;
	};
	const started = async (count: number) => {
		while (sizes.length < count) await turns(1);
	};
	return { add, calls: { sizes, times, started, finish: (error?: Error) => end?.(error) } };
}

async function turns(count: number): Promise<void> {
	for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
