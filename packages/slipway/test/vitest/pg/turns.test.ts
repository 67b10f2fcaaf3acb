import { expect, test } from 'vitest';
import { type Job, Turns } from '../../../src/vitest/pg/turns.ts';

/** Records which jobs ran, in their order. */
function recordingTurns(idleTimeout: number) {
	const turns = new Turns<string>(idleTimeout, () => new Error('idle'));
	const log: string[] = [];
	const push = (client: string, name: string, run: () => void = () => {}) => {
		const job: Job<string> = {
			client,
			run: async () => {
				log.push(name);
				run();
			},
			fail: ({ message }) => log.push(`${name}: ${message}`),
		};
		turns.push(job);
	};
	return { turns, log, push };
}

test('jobs run in the order in which they came', async () => {
	const { turns, log, push } = recordingTurns(60_000);
	for (const name of ['one', 'two', 'three']) push(name, name);
	await turns.settled();
	expect(log).toEqual(['one', 'two', 'three']);
});

test('while a client has a transaction, the jobs of others wait', async () => {
	const { turns, log, push } = recordingTurns(60_000);
	push('a', 'a begins', () => {
		turns.holder = 'a';
	});
	push('b', 'b queries');
	push('a', 'a queries');
	push('a', 'a commits', () => {
		turns.holder = undefined;
	});
	await turns.settled();
	expect(log).toEqual(['a begins', 'a queries', 'a commits', 'b queries']);
});

test('they fail when nothing happens in that transaction', async () => {
	const { turns, log, push } = recordingTurns(1);
	turns.holder = 'a';
	push('b', 'b queries');
	push('c', 'c queries');
	await turns.settled();
	expect(log).toEqual(['b queries: idle', 'c queries: idle']);
	push('a', 'a queries');
	await turns.settled();
	expect(log.at(-1)).toBe('a queries');
});
