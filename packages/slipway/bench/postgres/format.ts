import { formatTable } from '../table.ts';
import type { PostgresFigures } from './figures.ts';

/** Formats the figures as a table. */
export function formatPostgresFigures(figures: PostgresFigures): string {
	const { machine, node, medians, ratios, missing, reference, rounds } = figures;
	const conditions = [
		`${machine}; Node.js ${node}`,
		`median of ${rounds.length} rounds; ratios are relative to "${reference}"`,
	];
	const rows = Object.entries(medians).map(([name, milliseconds]) => [
		name,
		milliseconds.toFixed(1),
		(ratios[name] ?? Number.NaN).toFixed(2),
	]);
	const absent = Object.entries(missing).map(([name, reason]) => `not measured: ${name} (${reason})`);
	return [conditions.join('\n'), formatTable(['', 'ms', 'ratio'], rows), absent.join('\n')]
		.filter((part) => part !== '')
		.join('\n\n');
}
