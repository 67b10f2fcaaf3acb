import type { Machine } from '../machine.ts';
import { median } from '../median.ts';

/** Milliseconds. */
export type Round = Readonly<Record<string, number>>;

export interface Conditions extends Machine {
	/** What the ratios are taken against. */
	readonly reference: string;
	/** Why there is no figure for these. */
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
