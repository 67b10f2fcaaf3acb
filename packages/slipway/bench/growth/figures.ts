import type { Machine } from '../machine.ts';
import { median } from '../median.ts';
import type { ByWay } from '../suite/figures.ts';
import { type WayName, wayNames } from '../suite/ways.ts';
import type { AxisName } from './axes.ts';

/** What was measured at a value of an axis. */
export interface Point {
	readonly axis: AxisName;
	readonly value: number;
	/** Milliseconds per test: the wall time of a run by the number of its tests, for every round. */
	readonly rounds: readonly ByWay[];
	/** The reason for each way without a figure. */
	readonly missing: Readonly<Partial<Record<WayName, string>>>;
}

export interface GrowthFigures extends Machine {
	readonly isolate: boolean;
	readonly points: readonly Point[];
}

/** The median of the rounds, or undefined if the way was not measured there. */
export function figureOf({ rounds }: Point, way: WayName): number | undefined {
	const figures = rounds.map((round) => round[way]).filter((figure) => figure !== undefined);
	return figures.length === 0 ? undefined : median(figures);
}

export function measuredWays({ points }: Pick<GrowthFigures, 'points'>): WayName[] {
	return wayNames.filter((way) => points.some((point) => figureOf(point, way) !== undefined));
}
