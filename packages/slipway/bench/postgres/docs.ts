import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPostgresChart, themes } from './chart.ts';
import type { PostgresFigures } from './figures.ts';

/** What the documentation shows of these figures, by its path in the project. */
export function postgresDocs(root: string, figures: PostgresFigures): ReadonlyMap<string, string> {
	const page = 'docs/benchmarks.md';
	return new Map([
		['docs/images/servers.json', `${JSON.stringify(figures, undefined, '\t')}\n`],
		...themes.map(
			(theme) => [`docs/images/servers-${theme}.svg`, drawPostgresChart(figures, theme)] as const,
		),
		[page, withTable(readFileSync(join(root, page), 'utf8'), figures)],
	]);
}

export function writePostgresDocs(root: string, figures: PostgresFigures): void {
	for (const [path, text] of postgresDocs(root, figures)) writeFileSync(join(root, path), text);
}

export function readPostgresFigures(path: string): PostgresFigures {
	return JSON.parse(readFileSync(path, 'utf8'));
}

function withTable(page: string, { medians, ratios, machine, node, reference }: PostgresFigures): string {
	const rows = Object.entries(medians).map(
		([name, milliseconds]) => `| ${name} | ${milliseconds.toFixed(1)} | ${ratios[name]?.toFixed(2) ?? ''} |`,
	);
	const table = ['| | ms | ratio |', '| --- | --- | --- |', ...rows].join('\n');
	const conditions = `${machine}; Node.js ${node}. The ratio is to "${reference}".`;
	return page.replace(
		/(?<=<!-- servers:start -->\n).*(?=<!-- servers:end -->)/s,
		() => `${conditions}\n\n${table}\n`,
	);
}
