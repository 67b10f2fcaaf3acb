/** Numbers that only grow, by name. A `bigint`, because PostgreSQL's exceeds what a JavaScript number holds exactly. */
export interface Counters {
	/**
	 * Adds `by`, 1 by default, to the counter `name`, which is created if it does not exist. Resolves with its new value once
	 * that is on disk. The `by` numbers up to that value belong to this call: no other one gets them.
	 *
	 * Calls with the same `key` within a day are one hit: all resolve with the same value. Rejects with a `KeyReusedError` if
	 * another counter or number was hit with the key.
	 */
	hit(name: string, by?: number, key?: string): Promise<bigint>;
	/** The value of the counter `name`, or undefined if it does not exist. */
	read(name: string): Promise<bigint | undefined>;
	/** The first `limit` counters by name, of those after the name `after`. */
	list(after: string, limit: number): Promise<readonly Count[]>;
}

export interface Count {
	readonly name: string;
	readonly count: bigint;
}

/** The counter of the page. */
export const defaultName = 'visits';

export class KeyReusedError extends Error {}
