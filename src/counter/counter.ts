/** A number that only grows. `bigint`, because PostgreSQL's goes beyond what a JavaScript number holds exactly. */
export interface Counter {
	/** Counts one more; resolves with its number, which nobody else gets, once that is committed. */
	hit(): Promise<bigint>;
	read(): Promise<bigint>;
}
