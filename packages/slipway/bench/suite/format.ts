import { describeRounds } from '../rounds.ts';
import { formatTable } from '../table.ts';
import { describeSize } from './conditions.ts';
import type { SuiteFigures } from './figures.ts';
import { type WayName, ways } from './ways.ts';

/** Formats the figures as a table. */
export function formatSuiteFigures(figures: SuiteFigures): string {
	const { machine, node, conditions, rounds, missing } = figures;
	const heading = [
		`${machine}; Node.js ${node}`,
		`${describeSize(conditions)}, isolate: ${conditions.isolate}; ${describeRounds(rounds.length)}; ratios to "${ways.shared.title}"`,
	];
	const rows = (Object.keys(figures.seconds) as WayName[]).map((way) => [
		ways[way].title,
		...cellsOf(figures, way),
	]);
	const absent = Object.entries(missing).map(
		([name, reason]) => `not measured: ${ways[name as WayName].title} (${reason})`,
	);
	return [heading.join('\n'), formatTable(['', 's', 'ratio', 'peak MB'], rows), absent.join('\n')]
		.filter((part) => part !== '')
		.join('\n\n');
}

/** The seconds, ratio and megabytes of a way. */
export function cellsOf({ seconds, ratios, memory }: SuiteFigures, way: WayName): string[] {
	const megabytes = memory[way] === undefined ? undefined : memory[way] / 1e6;
	return [shown(seconds[way], 1), shown(ratios[way], 2), shown(megabytes, 0)];
}

const shown = (figure: number | undefined, digits: number) =>
	figure === undefined || Number.isNaN(figure) ? '' : figure.toFixed(digits);
