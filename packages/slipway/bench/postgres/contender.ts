/** A way to get an isolated PostgreSQL database. */
export interface Contender extends AsyncDisposable {
	/** Gets one, runs a query, and cleans up. Resolves with the milliseconds until the query was answered. */
	turn(): Promise<number>;
}

export type Prepare = (place: Place) => Promise<Contender>;

/** Where contenders may store files. */
export interface Place {
	/** The project's folder. */
	readonly root: string;
	/** On the same disk as the project; removed at the end. */
	readonly folder: string;
}

/** A contender whose `start` resolves when a query has been answered. Cleaning up is not timed. */
export function timed(
	start: () => Promise<AsyncDisposable>,
	close: () => PromiseLike<void> = async () => {},
): Contender {
	return {
		async turn() {
			const begin = performance.now();
			await using _started = await start();
			return performance.now() - begin;
		},
		[Symbol.asyncDispose]: close,
	};
}
