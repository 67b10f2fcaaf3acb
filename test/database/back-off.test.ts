import { eventually } from 'slipway/test-helpers/eventually';
import { expect, test } from 'vitest';
import { backOffAfterFailures } from '../../src/database/back-off.ts';

const attempts = (outcomes: readonly boolean[]) => {
	let count = 0;
	const attempt = backOffAfterFailures(async () => {
		count += 1;
		if (!outcomes[count - 1]) throw new Error(`failure ${count}`);
		return count;
	});
	return { attempt, made: () => count };
};

test('after one failure, the next call is attempted', async () => {
	const { attempt } = attempts([false, true]);
	await expect(attempt()).rejects.toThrow('failure 1');
	expect(await attempt()).toBe(2);
});

test('after two failures in a row, calls are rejected with the last error', async () => {
	const { attempt, made } = attempts([false, false, true]);
	await expect(attempt()).rejects.toThrow('failure 1');
	expect(attempt.isPausing()).toBe(false);
	await expect(attempt()).rejects.toThrow('failure 2');
	expect(attempt.isPausing()).toBe(true);
	await expect(attempt()).rejects.toThrow('failure 2');
	expect(made()).toBe(2);
});

test('a pause ends on its own', async () => {
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

test('a success resets the count of failures', async () => {
	const { attempt } = attempts([false, true, false, true]);
	await attempt().catch(() => {});
	await attempt();
	await attempt().catch(() => {});
	expect(await attempt()).toBe(4);
});
