import { formatTable } from '../table.ts';
import type { SuiteFigures } from './figures.ts';
import { ways } from './ways.ts';

/** Formats the figures as a table. */
export function formatSuiteFigures(figures: SuiteFigures): string {
	const { machine, node, files, testsPerFile, workers, seconds, ratios, memory, rounds } = figures;
	const conditions = [
		`${machine}; Node.js ${node}`,
		`${files} test files of ${testsPerFile} tests, ${workers ?? 'as many workers as vitest chooses'}${workers ? ' workers' : ''}, median of ${rounds.length} rounds`,
	];
	const rows = ways.map((way) => [
		way,
		seconds[way].toFixed(1),
		ratios[way].toFixed(2),
		(memory[way] / 1e6).toFixed(0),
	]);
	return [conditions.join('\n'), formatTable(['', 's', 'ratio', 'peak MB'], rows)].join('\n\n');
}
