import { ways } from '../suite/ways.ts';
import { axes } from './axes.ts';
import { figureOf, type GrowthFigures, measuredWays, type Point } from './figures.ts';

/** The points without those that repeat the start of another axis. */
function distinct(points: readonly Point[]): Point[] {
	const sizes = points.map(({ axis, value }) => JSON.stringify(axes[axis].sizeAt(value)));
	return points.filter((_, index) => sizes.indexOf(sizes[index] ?? '') === index);
}

export function headsOf({ points }: GrowthFigures): string[] {
	return ['', ...distinct(points).map(({ axis, value }) => `${value} ${axes[axis].unit}`)];
}

/** The title of each way, and its milliseconds per test at each point. */
export function rowsOf(figures: GrowthFigures): string[][] {
	return measuredWays(figures).map((way) => [
		ways[way].title,
		...distinct(figures.points).map((point) => shown(figureOf(point, way))),
	]);
}

export const shown = (milliseconds: number | undefined) =>
	milliseconds?.toFixed(milliseconds < 100 ? 1 : 0) ?? '';
