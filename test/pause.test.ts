import { eventually } from 'slipway/test-helpers/eventually';
import { expect, test } from 'vitest';
import { pauseAfterFailures } from '../src/pause.ts';

const attempts = (outcomes: readonly boolean[]) => {
	let count = 0;
	const attempt = pauseAfterFailures(async () => {
		count += 1;
		if (!outcomes[count - 1]) throw new Error(`failure ${count}`);
		return count;
	});
	return { attempt, made: () => count };
};

test('after one failure the next call is an attempt', async () => {
	const { attempt } = attempts([false, true]);
	await expect(attempt()).rejects.toThrow('failure 1');
	expect(await attempt()).toBe(2);
});

test('after two failures in a row calls are refused with the last error', async () => {
	const { attempt, made } = attempts([false, false, true]);
	await expect(attempt()).rejects.toThrow('failure 1');
	await expect(attempt()).rejects.toThrow('failure 2');
	await expect(attempt()).rejects.toThrow('failure 2');
	expect(made()).toBe(2);
});

test('a pause ends by itself', async () => {
	const { attempt } = attempts([false, false, true]);
	await attempt().catch(() => {});
	await attempt().catch(() => {});
	await eventually(() =>
		attempt().then(
			() => true,
			() => false,
		),
	);
});

test('a success makes the failures before it forgotten', async () => {
	const { attempt } = attempts([false, true, false, true]);
	await attempt().catch(() => {});
	await attempt();
	await attempt().catch(() => {});
	expect(await attempt()).toBe(4);
});
