import type { Machine } from '../machine.ts';
import { median } from '../median.ts';
import type { Conditions } from './conditions.ts';
import { reference, type WayName } from './ways.ts';

/** A figure of each way that was measured. */
export type ByWay = Readonly<Partial<Record<WayName, number>>>;

export interface Measured extends Machine {
	readonly conditions: Conditions;
	/** The wall times of every round, in seconds. */
	readonly rounds: readonly ByWay[];
	/** Peak memory, in bytes. */
	readonly memory: ByWay;
	/** The reason for each way without a figure. */
	readonly missing: Readonly<Partial<Record<WayName, string>>>;
}

export interface SuiteFigures extends Measured {
	/** The medians of the wall times. */
	readonly seconds: ByWay;
	/** The medians of the rounds' ratios to the reference, if that was measured. */
	readonly ratios: ByWay;
}

export function summarize(measured: Measured): SuiteFigures {
	const { rounds } = measured;
	const names = Object.keys(rounds[0] ?? {}) as WayName[];
	const overRounds = (figure: (round: ByWay, way: WayName) => number): ByWay =>
		Object.fromEntries(names.map((way) => [way, median(rounds.map((round) => figure(round, way)))]));
	const of = (round: ByWay, way: WayName) => round[way] ?? Number.NaN;
	return {
		...measured,
		seconds: overRounds(of),
		ratios: overRounds((round, way) => of(round, way) / of(round, reference)),
	};
}
