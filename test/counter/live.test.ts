import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { eventually } from 'slipway/test-helpers/eventually';
import { expect, test } from 'vitest';
import { drawChart } from '../../src/counter/chart.ts';
import { coalesce } from '../../src/counter/live/coalesce.ts';
import { LatestReading } from '../../src/counter/live/latest-reading.ts';

test('of values that come faster than they may be delivered, the latest is, and the last one always', async () => {
	const pauses = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 20 });
	await fc.assert(
		fc.asyncProperty(pauses, fc.nat({ max: 3 }), async (pauses, duration) => {
			const delivered: number[] = [];
			let running = 0;
			const send = coalesce<number>(1, async (value) => {
				running += 1;
				expect(running).toBe(1);
				await sleep(duration);
				delivered.push(value);
				running -= 1;
			});
			for (const [value, pause] of pauses.entries()) {
				send(value);
				await sleep(pause);
			}
			await eventually(() => delivered.at(-1) === pauses.length - 1);
			expect(delivered[0]).toBe(0);
			expect(delivered).toEqual(delivered.toSorted((a, b) => a - b));
		}),
		{ numRuns: 20 },
	);
});

test('requests for the latest reading share it, and those after a failure do not ask again at once', async () => {
	const errors: unknown[] = [];
	let reads = 0;
	const reading = { count: 1n, hits: [1] };
	const working = new LatestReading(
		async () => {
			reads += 1;
			return reading;
		},
		(error) => errors.push(error),
	);
	expect(await Promise.all([working.get(), working.get()])).toEqual([reading, reading]);
	expect(working.get()).toBe(reading);
	expect(reads).toBe(1);

	const failing = new LatestReading(
		() => Promise.reject(new Error('no database')),
		(error) => errors.push(error),
	);
	expect(await failing.get()).toBe(undefined);
	expect(failing.get()).toBe(undefined);
	expect(errors).toEqual([new Error('no database')]);
});

test('a chart has a bar for each minute with hits, in proportion to the highest', () => {
	expect(drawChart([0, 100, 50, 1])).toEqual({
		bars: 'M75 80v-80h74v80zM150 80v-40h74v40z',
		current: 'M225 80v-1h74v1z',
		summary: 'Last hour: 151. Busiest minute: 100.',
	});
	expect(drawChart([0, 0])).toEqual({ bars: '', current: '', summary: 'No hits in the last hour.' });
});
