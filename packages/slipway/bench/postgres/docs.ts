import { themes } from '../chart-theme.ts';
import { type Docs, figuresFile, markdownTable, withBlock } from '../docs-block.ts';
import { drawPostgresChart } from './chart.ts';
import type { PostgresFigures } from './figures.ts';

/** What the documentation shows of these figures. */
export function postgresDocs(root: string, figures: PostgresFigures): Docs {
	return new Map([
		figuresFile('servers', figures),
		...themes.map(
			(theme) => [`docs/images/servers-${theme}.svg`, drawPostgresChart(figures, theme)] as const,
		),
		withBlock(root, 'servers', conditionsAndTable(figures)),
	]);
}

function conditionsAndTable({ medians, ratios, machine, node, reference }: PostgresFigures): string {
	const rows = Object.entries(medians).map(([name, milliseconds]) => [
		name,
		milliseconds.toFixed(1),
		ratios[name]?.toFixed(2) ?? '',
	]);
	const conditions = `${machine}; Node.js ${node}. The ratio is to "${reference}".`;
	return `${conditions}\n\n${markdownTable(['', 'ms', 'ratio'], rows)}`;
}
