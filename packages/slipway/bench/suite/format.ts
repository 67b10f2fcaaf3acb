import { formatTable } from '../table.ts';
import type { SuiteFigures } from './figures.ts';
import { ways } from './ways.ts';

/** The figures for a person. */
export function formatSuiteFigures(figures: SuiteFigures): string {
	const { machine, node, modules, testsInModule, workers, seconds, ratios, memory, rounds } = figures;
	const conditions = [
		`${machine}; Node.js ${node}`,
		`${modules} modules of ${testsInModule} tests, ${workers ?? 'as many workers as vitest chooses'}${workers ? ' workers' : ''}, median of ${rounds.length} rounds`,
	];
	const rows = ways.map((way) => [
		way,
		seconds[way].toFixed(1),
		ratios[way].toFixed(2),
		(memory[way] / 1e6).toFixed(0),
	]);
	return [conditions.join('\n'), formatTable(['', 's', 'ratio', 'peak MB'], rows)].join('\n\n');
}
