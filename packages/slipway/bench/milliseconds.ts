import { median } from './median.ts';
import { formatTable } from './table.ts';

/** What each round took, by name. */
export interface Milliseconds {
	readonly medians: Readonly<Record<string, number>>;
	readonly rounds: readonly Readonly<Record<string, number>>[];
}

export function withMedians(rounds: readonly Readonly<Record<string, number>>[]): Milliseconds {
	const names = Object.keys(rounds[0] ?? {});
	const medians = names.map((name) => [name, median(rounds.map((round) => round[name] ?? Number.NaN))]);
	return { medians: Object.fromEntries(medians), rounds };
}

/** The figures for a person. */
export function formatMilliseconds({ medians, rounds }: Milliseconds): string {
	const rows = Object.entries(medians).map(([name, milliseconds]) => [name, milliseconds.toFixed(0)]);
	return `median of ${rounds.length} rounds\n\n${formatTable(['', 'ms'], rows)}`;
}
