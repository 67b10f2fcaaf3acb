import { expect, test } from 'vitest';
import { compareWays } from '../../bench/suite/compare.ts';

const comparison = {
	compared: ['none', 'server'],
	rounds: 1,
	warmUp: async () => undefined,
	run: async (way: string) => {
		if (way === 'server') throw new Error('no server');
		return 5;
	},
	unit: 'ms',
	report: () => {},
} as const;

test('a way of ours that fails ends a comparison', async () => {
	await expect(compareWays(comparison)).rejects.toThrow('no server');
});

test('a long comparison goes on without it, and keeps the reason', async () => {
	expect(await compareWays({ ...comparison, goesOn: true })).toMatchObject({
		rounds: [{ none: 5 }],
		missing: { server: 'no server' },
	});
});
