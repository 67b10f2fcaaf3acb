import type { Machine } from '../machine.ts';
import { median } from '../median.ts';

/** Milliseconds. */
export type Round = Readonly<Record<string, number>>;

export interface Conditions extends Machine {
	/** The name of the entry that ratios are relative to. */
	readonly reference: string;
	/** The reason for each entry without a figure. */
	readonly missing: Readonly<Record<string, string>>;
}

export interface PostgresFigures extends Conditions {
	readonly medians: Round;
	/** The medians of the rounds' ratios to the reference. */
	readonly ratios: Round;
	readonly rounds: readonly Round[];
}

export function summarize(rounds: readonly Round[], conditions: Conditions): PostgresFigures {
	const { reference } = conditions;
	const names = Object.keys(rounds[0] ?? {});
	const overRounds = (figure: (round: Round, name: string) => number) =>
		Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => figure(round, name)))]));
	const of = (round: Round, name: string) => round[name] ?? Number.NaN;
	return {
		...conditions,
		medians: overRounds(of),
		ratios: overRounds((round, name) => of(round, name) / of(round, reference)),
		rounds,
	};
}
