import { type Machine, machine, median } from 'slipway/bench';
import { type LoadName, loadNames } from './loads.ts';
import type { Load } from './wrk.ts';

/** What came of each load in one round. */
export type Round = Readonly<Record<LoadName, Load>>;

export interface Conditions {
	readonly generator: string;
	readonly postgres: string;
	readonly connections: number;
	readonly seconds: number;
}

export interface CounterFigures extends Conditions, Machine {
	/** The median of each figure over the rounds. */
	readonly loads: Round;
	/** The service compared with the others: medians of the ratios within each round. */
	readonly ratios: Readonly<Record<RatioName, number>>;
	readonly rounds: readonly Round[];
}

const ratios = {
	'requests/s, service : in-memory': ({ service, 'in-memory': memory }: Round) =>
		service.requestsPerSecond / memory.requestsPerSecond,
	'requests/s, service : express-pg': ({ service, 'express-pg': express }: Round) =>
		service.requestsPerSecond / express.requestsPerSecond,
	'p99, service : in-memory': ({ service, 'in-memory': memory }: Round) => service.p99 / memory.p99,
	'requests/s, hits with a key : without': ({ hits, 'hits-with-key': keyed }: Round) =>
		keyed.requestsPerSecond / hits.requestsPerSecond,
};
export type RatioName = keyof typeof ratios;

export function summarize(rounds: readonly Round[], conditions: Conditions): CounterFigures {
	const overRounds = (figure: (round: Round) => number) => median(rounds.map(figure));
	return {
		...conditions,
		...machine(),
		loads: mapValues(loadNames, (name) => ({
			requests: overRounds((round) => round[name].requests),
			requestsPerSecond: overRounds((round) => round[name].requestsPerSecond),
			p50: overRounds((round) => round[name].p50),
			p99: overRounds((round) => round[name].p99),
		})),
		ratios: mapValues(Object.keys(ratios) as RatioName[], (name) => overRounds(ratios[name])),
		rounds,
	};
}

function mapValues<Key extends string, Value>(
	keys: readonly Key[],
	toValue: (key: Key) => Value,
): Record<Key, Value> {
	return Object.fromEntries(keys.map((key) => [key, toValue(key)])) as Record<Key, Value>;
}
