import { expect, test } from 'vitest';
import { summarize } from '../../bench/postgres/figures.ts';
import { formatPostgresFigures } from '../../bench/postgres/format.ts';

const figures = summarize(
	[
		{ ours: 50, theirs: 400 },
		{ ours: 60, theirs: 300 },
		{ ours: 90, theirs: 900 },
	],
	{ machine: '2 × CPU', node: 'v24', reference: 'ours', missing: { 'in a container': 'no engine' } },
);

test('figures are medians over the rounds, and ratios are computed within a round', () => {
	expect(figures.medians).toEqual({ ours: 60, theirs: 400 });
	expect(figures.ratios).toEqual({ ours: 1, theirs: 8 });
});

test('the output lists what was not measured, and why', () => {
	const lines = formatPostgresFigures(figures).split('\n');
	expect(lines).toContain('theirs  400.0   8.00');
	expect(lines).toContain('not measured: in a container (no engine)');
});
