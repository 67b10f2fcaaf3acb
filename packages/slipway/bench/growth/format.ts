import { describeRounds } from '../rounds.ts';
import { type WayName, ways } from '../suite/ways.ts';
import { formatTable } from '../table.ts';
import { axes } from './axes.ts';
import type { GrowthFigures } from './figures.ts';
import { headsOf, rowsOf } from './table.ts';

/** Formats the figures as a table. */
export function formatGrowthFigures(figures: GrowthFigures): string {
	const { machine, node, points, isolate } = figures;
	const heading = [
		`${machine}; Node.js ${node}`,
		`milliseconds per test, isolate: ${isolate}, ${describeRounds(points[0]?.rounds.length ?? 0)}`,
	];
	const absent = points.flatMap(({ axis, value, missing }) =>
		Object.entries(missing).map(
			([way, reason]) =>
				`not measured at ${value} ${axes[axis].unit}: ${ways[way as WayName].title} (${reason})`,
		),
	);
	return [heading.join('\n'), formatTable(headsOf(figures), rowsOf(figures)), absent.join('\n')]
		.filter((part) => part !== '')
		.join('\n\n');
}
