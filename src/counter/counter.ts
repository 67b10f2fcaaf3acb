/** A number that only grows. A `bigint`, because PostgreSQL's exceeds what a JavaScript number holds exactly. */
export interface Counter {
	/** Counts a hit. Resolves with its number, which no other hit gets, once it is committed. */
	hit(): Promise<bigint>;
	read(): Promise<bigint>;
}
