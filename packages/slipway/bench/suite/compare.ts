import type { ByWay, Measured } from './figures.ts';
import { type Way, type WayName, ways } from './ways.ts';

export interface Comparison<T> {
	readonly compared: readonly WayName[];
	readonly rounds: number;
	/** The first run of each way, which is not counted. It creates what is created only once. */
	readonly warmUp: (way: WayName) => Promise<T>;
	/** Resolves with the figure. */
	readonly run: (way: WayName) => Promise<number>;
	/** Of the figures. */
	readonly unit: string;
	/** Leaves out any way that fails, not only a peer: what was measured before would be lost. */
	readonly goesOn?: boolean;
	readonly report: (line: string) => void;
}

type Compared<T> = Pick<Measured, 'rounds' | 'missing'> & {
	/** The results of the first runs. */
	readonly first: Readonly<Partial<Record<WayName, T>>>;
};

/**
 * Runs the ways in turn, for several rounds, so that other load on the machine affects all of them alike. A peer that
 * fails is left out, and its error is the reason. Throws the error of any other way, unless it `goesOn`.
 */
export async function compareWays<T>(comparison: Comparison<T>): Promise<Compared<T>> {
	const { compared, rounds, warmUp, run, unit, report, goesOn = false } = comparison;
	const missing: Partial<Record<WayName, string>> = {};
	/** Runs all ways that have not failed. */
	const inTurn = async <R>(
		label: string,
		once: (way: WayName) => Promise<R>,
		shown: (result: R) => string,
	) => {
		const results: Partial<Record<WayName, R>> = {};
		for (const way of compared.filter((each) => missing[each] === undefined))
			try {
				const result = await once(way);
				results[way] = result;
				report(`${label}: ${ways[way].title}${shown(result)}`);
			} catch (error) {
				if (!goesOn && !(ways[way] as Way).isPeer) throw error;
				missing[way] = reasonOf(error as Error);
				report(`${label}: ${ways[way].title}: ${missing[way]}`);
			}
		return results;
	};
	const first = await inTurn('warm-up', warmUp, () => '');
	const measured: ByWay[] = [];
	for (let round = 1; round <= rounds; round++)
		measured.push(
			await inTurn(`round ${round} of ${rounds}`, run, (figure) => `: ${figure.toFixed(1)} ${unit}`),
		);
	return { rounds: measured.map((round) => without(round, missing)), missing, first };
}

const without = (round: ByWay, missing: object): ByWay =>
	Object.fromEntries(Object.entries(round).filter(([way]) => !(way in missing)));

/** The line of vitest's output with the error, if there is one. */
function reasonOf({ message }: Error): string {
	return /^\S*(?:Error|error): .+$/m.exec(message)?.[0] ?? message.split('\n', 1)[0] ?? '';
}
