import { formatTable, type Machine, machine, median } from 'slipway/bench';
import type { Load } from '../counter/wrk.ts';

/** The service while pages are open, and the same server without a database and without open pages. */
export interface Round {
	readonly service: Load;
	readonly memory: Load;
}

export interface LiveFigures extends Machine {
	readonly tabs: number;
	/** The service compared with the other: medians of the ratios within each round. */
	readonly ratios: { readonly requestsPerSecond: number; readonly p99: number };
	/** Medians, in milliseconds. */
	readonly untilSeen: number;
	readonly firstPaint: number;
	readonly rounds: readonly Round[];
}

export interface LiveMeasurements {
	readonly tabs: number;
	readonly rounds: readonly Round[];
	readonly untilSeen: readonly number[];
	readonly firstPaint: readonly number[];
}

export function summarizeLive({ tabs, rounds, untilSeen, firstPaint }: LiveMeasurements): LiveFigures {
	const ratio = (figure: 'requestsPerSecond' | 'p99') =>
		median(rounds.map(({ service, memory }) => service[figure] / memory[figure]));
	return {
		...machine(),
		tabs,
		ratios: { requestsPerSecond: ratio('requestsPerSecond'), p99: ratio('p99') },
		untilSeen: median(untilSeen),
		firstPaint: median(firstPaint),
		rounds,
	};
}

export function formatLiveFigures({ tabs, ratios, untilSeen, firstPaint, rounds }: LiveFigures): string {
	return formatTable(
		[`with ${tabs} open pages, median of ${rounds.length} rounds`, ''],
		[
			['requests/s, service : no database', ratios.requestsPerSecond.toFixed(2)],
			['p99, service : no database', ratios.p99.toFixed(2)],
			['a hit until it is seen in another tab, ms', untilSeen.toFixed(0)],
			['first contentful paint, ms', firstPaint.toFixed(0)],
		],
	);
}
