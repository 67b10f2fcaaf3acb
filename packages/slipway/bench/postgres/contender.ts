/** A way to get an isolated PostgreSQL, with what it needs made ready before its first turn. */
export interface Contender extends AsyncDisposable {
	/** Resolves with the milliseconds until a query was answered, after what answered it was cleared away. */
	turn(): Promise<number>;
}

export type Prepare = (place: Place) => Promise<Contender>;

/** Where contenders may put things. */
export interface Place {
	/** The project's folder. */
	readonly root: string;
	/** On the same disk as the project, and removed in the end. */
	readonly folder: string;
}

/** A contender whose `start` resolves when a query was answered. What clears up takes its time afterwards. */
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
