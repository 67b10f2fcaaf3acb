/** Lets a limited number of callers run at a time. The others start in the order in which they asked. */
export class Semaphore {
	#free: number;
	readonly #waiting = new Set<() => void>();

	constructor(max: number) {
		this.#free = max;
	}

	/** Calls `start` as soon as a slot is free, possibly at once. The caller gives the slot back with `release`. */
	acquire(start: () => void): void {
		if (this.#free === 0) {
			this.#waiting.add(start);
			return;
		}
		this.#free -= 1;
		start();
	}

	/** Withdraws a `start` that is still waiting. */
	cancel(start: () => void): void {
		this.#waiting.delete(start);
	}

	release(): void {
		const [next] = this.#waiting;
		if (next === undefined) {
			this.#free += 1;
			return;
		}
		this.#waiting.delete(next);
		next();
	}
}
