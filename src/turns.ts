/** Lets at most a number of callers work at a time; the others start in the order in which they asked. */
export class Turns {
	#free: number;
	readonly #waiting = new Set<() => void>();

	constructor(atOnce: number) {
		this.#free = atOnce;
	}

	/** Calls `start` when it may work, at once or later. The caller ends each turn with `end`. */
	take(start: () => void): void {
		if (this.#free === 0) {
			this.#waiting.add(start);
			return;
		}
		this.#free -= 1;
		start();
	}

	/** Withdraws a `start` that still waits. */
	cancel(start: () => void): void {
		this.#waiting.delete(start);
	}

	end(): void {
		const [next] = this.#waiting;
		if (next === undefined) {
			this.#free += 1;
			return;
		}
		this.#waiting.delete(next);
		next();
	}
}
