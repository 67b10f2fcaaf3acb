import { expect, test } from 'vitest';
import { formatSuiteFigures, measureSuite } from '../../bench/index.ts';
import { summarize } from '../../bench/suite/figures.ts';
import type { WayName } from '../../bench/suite/ways.ts';
import { builtPackage } from '../helpers/built-package.ts';
import { projectRoot } from '../helpers/child-process.ts';

const conditions = { files: 2, tables: 20, seedMb: 1, isolate: false, workers: undefined };

const everyWay: WayName[] = [
	...(['none', 'server', 'database', 'transaction', 'shared'] as const),
	...(['truncate', 'truncate-per-worker'] as const),
];

test.each<{ isolate: boolean; compared: WayName[] }>([
	{ isolate: false, compared: everyWay },
	{ isolate: true, compared: ['server', 'shared'] },
])(
	'the same tests pass with each way of isolation, and their time and memory are measured, isolate: $isolate',
	async ({ isolate, compared }) => {
		const figures = await measureSuite({
			root: projectRoot,
			built: await builtPackage(),
			rounds: 1,
			conditions: { ...conditions, isolate },
			compared,
			report: () => {},
		});
		const positive = Object.fromEntries(compared.map((way) => [way, expect.toSatisfy((value) => value > 0)]));
		expect(figures).toMatchObject({ seconds: positive, memory: positive, rounds: [positive], missing: {} });
		expect(figures.ratios.shared).toBe(1);
	},
);

test('figures are medians, ratios are computed within a round, and a missing peer has its reason', () => {
	const figures = summarize({
		...{ machine: '2 × CPU', node: 'v24', conditions, memory: { server: 5e8 } },
		rounds: [
			{ server: 4, shared: 2 },
			{ server: 9, shared: 3 },
			{ server: 3, shared: 3 },
		],
		missing: { pglite: 'out of memory' },
	});
	const lines = formatSuiteFigures(figures).split('\n');
	expect(lines).toContain('own server                     4.0   2.00      500');
	expect(lines).toContain('not measured: PGlite per test (out of memory)');
});
