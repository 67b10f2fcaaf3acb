import { themes } from '../chart-theme.ts';
import { type Docs, figuresFile, markdownTable, withBlock } from '../docs-block.ts';
import { describeRounds } from '../rounds.ts';
import { drawGrowthChart } from './chart.ts';
import type { GrowthFigures } from './figures.ts';
import { headsOf, rowsOf } from './table.ts';

/** What the documentation shows of these figures. */
export function growthDocs(root: string, figures: GrowthFigures): Docs {
	const { machine, node, isolate, points } = figures;
	const conditions =
		`${machine}; Node.js ${node}. Milliseconds per test, \`isolate: ${isolate}\`, ` +
		`${describeRounds(points[0]?.rounds.length ?? 0)}.`;
	return new Map([
		figuresFile('growth', figures),
		...themes.map((theme) => [`docs/images/growth-${theme}.svg`, drawGrowthChart(figures, theme)] as const),
		withBlock(
			root,
			'growth',
			[picture, conditions, markdownTable(headsOf(figures), rowsOf(figures))].join('\n\n'),
		),
	]);
}

const picture = `<picture>
	<source media="(prefers-color-scheme: dark)" srcset="images/growth-dark.svg">
	<img alt="Milliseconds per test with more test files, more tables and more seeded rows" src="images/growth-light.svg">
</picture>`;
