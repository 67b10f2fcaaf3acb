import type { Machine } from '../machine.ts';
import { median } from '../median.ts';
import { type Way, ways } from './ways.ts';

export type Round = Readonly<Record<Way, number>>;

export interface Conditions extends Machine {
	readonly files: number;
	readonly testsPerFile: number;
	readonly workers: number | undefined;
}

export interface SuiteFigures extends Conditions {
	/** The median of the wall times. */
	readonly seconds: Round;
	/** The medians of the rounds' ratios to the shared database. */
	readonly ratios: Round;
	/** Peak memory, in bytes. */
	readonly memory: Round;
	/** The wall times of every round. */
	readonly rounds: readonly Round[];
}

export function summarize(rounds: readonly Round[], memory: Round, conditions: Conditions): SuiteFigures {
	const overRounds = (figure: (round: Round, way: Way) => number) =>
		Object.fromEntries(ways.map((way) => [way, median(rounds.map((round) => figure(round, way)))])) as Round;
	return {
		...conditions,
		seconds: overRounds((round, way) => round[way]),
		ratios: overRounds((round, way) => round[way] / round['shared database']),
		memory,
		rounds,
	};
}
