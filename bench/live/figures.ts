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
	/** The first paint of an HTML page of two lines, without style and script: what the browser itself takes. */
	readonly plainPaint: number;
	readonly rounds: readonly Round[];
}

export interface LiveMeasurements {
	readonly tabs: number;
	readonly rounds: readonly Round[];
	readonly untilSeen: readonly number[];
	readonly firstPaint: readonly number[];
	readonly plainPaint: readonly number[];
}

export function summarizeLive({ tabs, rounds, ...seen }: LiveMeasurements): LiveFigures {
	const ratio = (figure: 'requestsPerSecond' | 'p99') =>
		median(rounds.map(({ service, memory }) => service[figure] / memory[figure]));
	return {
		...machine(),
		tabs,
		ratios: { requestsPerSecond: ratio('requestsPerSecond'), p99: ratio('p99') },
		untilSeen: median(seen.untilSeen),
		firstPaint: median(seen.firstPaint),
		plainPaint: median(seen.plainPaint),
		rounds,
	};
}

export function formatLiveFigures({ tabs, ratios, rounds, ...seen }: LiveFigures): string {
	return formatTable(
		[`with ${tabs} open pages, median of ${rounds.length} rounds`, ''],
		[
			['requests/s, service : no database', ratios.requestsPerSecond.toFixed(2)],
			['p99, service : no database', ratios.p99.toFixed(2)],
			['a hit until it is seen in another tab, ms', seen.untilSeen.toFixed(0)],
			['first contentful paint, ms', seen.firstPaint.toFixed(0)],
			['the same of a page without style and script, ms', seen.plainPaint.toFixed(0)],
		],
	);
}
