export interface Standby {
	/** Resolves when it ends by itself. */
	readonly ended: Promise<Error>;
	[Symbol.asyncDispose](): PromiseLike<void>;
}

export interface StandbyPoolOptions<T> {
	readonly start: () => Promise<T>;
	/** How many may stand ready at this moment, and start at once; one who waits is always served. */
	readonly limit: () => number;
	/** The milliseconds without a `take` after which one less is kept ready. */
	readonly idleTime: number;
}

/** Milliseconds in which whoever was given one logs in to it, before the start of the next takes the processors. */
const headStart = 25;

/**
 * Keeps some of what takes long to start ready for whoever comes next: one at first, one more each time that somebody
 * had to wait, and one less after a while in which nobody came.
 *
 * When a start fails, all who wait are told at once; the next `take` tries again.
 */
export class StandbyPool<T extends Standby> implements AsyncDisposable {
	readonly #options: StandbyPoolOptions<T>;
	readonly #ready: T[] = [];
	readonly #waiting: PromiseWithResolvers<T>[] = [];
	readonly #starts = new Set<Promise<void>>();
	#target = 0;
	#idle: NodeJS.Timeout | undefined;
	#draining = false;
	#disposed = false;

	constructor(options: StandbyPoolOptions<T>) {
		this.#options = options;
	}

	get readyCount(): number {
		return this.#ready.length;
	}

	/** One that nobody else has; the caller disposes of it. */
	take(): Promise<T> {
		this.#restartIdleTime();
		const ready = this.#ready.shift();
		if (ready === undefined || this.#target === 0)
			this.#target = Math.min(this.#target + 1, Math.max(0, this.#options.limit()));
		if (ready !== undefined) {
			setTimeout(() => this.#fill(), headStart).unref();
			return Promise.resolve(ready);
		}
		const waiting = Promise.withResolvers<T>();
		this.#waiting.push(waiting);
		this.#fill();
		return waiting.promise;
	}

	/** Keeps none ready any more, and resolves when those who wait are served. Nobody may `take` after it. */
	async drain(): Promise<void> {
		this.#draining = true;
		this.#target = 0;
		clearTimeout(this.#idle);
		for (const one of this.#ready.splice(0)) void dispose(one);
		while (this.#starts.size > 0) await Promise.all(this.#starts);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#disposed = true;
		clearTimeout(this.#idle);
		this.#rejectWaiting(new Error('the pool is closed'));
		await Promise.all([...this.#starts, ...this.#ready.splice(0).map((one) => dispose(one))]);
	}

	/** Whoever waits comes first: what is started for later would only slow theirs down. */
	#fill(): void {
		if (this.#disposed) return;
		const limit = this.#options.limit();
		const wanted = this.#waiting.length || Math.min(this.#target, limit) - this.#ready.length;
		while (this.#starts.size < Math.min(wanted, Math.max(1, limit))) {
			const start = this.#startOne().finally(() => this.#starts.delete(start));
			this.#starts.add(start);
			void start.then(
				() => this.#fill(),
				() => {},
			);
		}
	}

	async #startOne(): Promise<void> {
		try {
			await this.#receive(await this.#options.start());
		} catch (error) {
			this.#target = 0;
			this.#rejectWaiting(error);
		}
	}

	async #receive(one: T): Promise<void> {
		if (this.#disposed) return await dispose(one);
		const waiting = this.#waiting.shift();
		if (waiting !== undefined) return waiting.resolve(one);
		if (this.#draining) return await dispose(one);
		this.#ready.push(one);
		void one.ended.then(() => this.#forget(one));
	}

	#forget(one: T): void {
		const index = this.#ready.indexOf(one);
		if (index < 0) return;
		this.#ready.splice(index, 1);
		void dispose(one);
	}

	#rejectWaiting(error: unknown): void {
		for (const { reject } of this.#waiting.splice(0)) reject(error);
	}

	#restartIdleTime(): void {
		clearTimeout(this.#idle);
		this.#idle = setTimeout(() => this.#shrink(), this.#options.idleTime).unref();
	}

	#shrink(): void {
		this.#target = Math.max(0, this.#target - 1);
		if (this.#target > 0) this.#restartIdleTime();
		for (const one of this.#ready.splice(this.#target)) void dispose(one);
	}
}

/** Nobody is there to hear that something which nobody used did not end well; the next start clears it away. */
async function dispose(one: Standby): Promise<void> {
	try {
		await one[Symbol.asyncDispose]();
	} catch {}
}
