import { type Machine, machine, median } from 'slipway/bench';
import { type AttackName, attackNames } from './attacks.ts';

export const situations = ['quiet', ...attackNames] as const;
export type Situation = 'quiet' | AttackName;

/** What a well-behaved client saw in a situation, and what that cost the service. Times are in milliseconds. */
export interface Measurement {
	readonly requestsPerSecond: number;
	readonly p50: number;
	readonly p99: number;
	/** The peak memory of the service, in bytes. */
	readonly memory: number;
	/** Bytes that the service logged. */
	readonly logged: number;
}

export type Round = Readonly<Record<Situation, Measurement>>;

export interface Conditions {
	readonly generator: string;
	readonly connections: number;
	readonly seconds: number;
}

export interface HostileFigures extends Conditions, Machine {
	/** The median of each figure over the rounds. */
	readonly situations: Round;
	/** p99 divided by that of the quiet situation: medians of the ratios within each round. */
	readonly slowdown: Readonly<Record<Situation, number>>;
	readonly rounds: readonly Round[];
}

export function summarize(rounds: readonly Round[], conditions: Conditions): HostileFigures {
	const overRounds = (figure: (round: Round) => number) => median(rounds.map(figure));
	const medians = (situation: Situation): Measurement => ({
		requestsPerSecond: overRounds((round) => round[situation].requestsPerSecond),
		p50: overRounds((round) => round[situation].p50),
		p99: overRounds((round) => round[situation].p99),
		memory: overRounds((round) => round[situation].memory),
		logged: overRounds((round) => round[situation].logged),
	});
	const slowdown = (situation: Situation) => overRounds((round) => round[situation].p99 / round.quiet.p99);
	return {
		...conditions,
		...machine(),
		situations: Object.fromEntries(situations.map((each) => [each, medians(each)])) as Round,
		slowdown: Object.fromEntries(situations.map((each) => [each, slowdown(each)])) as Record<
			Situation,
			number
		>,
		rounds,
	};
}
