import { expect, test } from 'vitest';
import { drawGrowthChart } from '../../bench/growth/chart.ts';
import type { GrowthFigures } from '../../bench/growth/figures.ts';
import { formatGrowthFigures } from '../../bench/growth/format.ts';

const figures: GrowthFigures = {
	...{ machine: '2 × CPU', node: 'v24', isolate: false },
	points: [
		{ axis: 'tables', value: 20, rounds: [{ server: 8 }, { server: 9 }, { server: 90 }], missing: {} },
		{ axis: 'tables', value: 300, rounds: [{ server: 16, truncate: 900 }], missing: {} },
		{ axis: 'seed', value: 0, rounds: [{ server: 9 }], missing: {} },
		{ axis: 'seed', value: 400, rounds: [{ server: 12 }], missing: { pglite: 'out of memory' } },
	],
};

test('a column shows the medians of a size, and sizes that two axes share have one column', () => {
	const lines = formatGrowthFigures(figures).split('\n');
	expect(lines).toContain('                           20 tables  300 tables  400 MB');
	expect(lines).toContain('own server                       9.0        16.0    12.0');
	expect(lines).toContain('shared database, TRUNCATE                    900');
	expect(lines).toContain('not measured at 400 MB: PGlite per test (out of memory)');
});

test('the picture has a line and a dot for each figure of a way, in the colours of the theme', () => {
	const picture = drawGrowthChart(figures, 'dark');
	expect(picture.match(/<circle [^>]*fill="#4493f8"/g)).toHaveLength(4 + 2); // 2 are in the legend.
	expect(picture).not.toMatch(/NaN|Infinity|undefined/);
});
