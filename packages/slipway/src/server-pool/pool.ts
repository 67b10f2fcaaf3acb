export interface Poolable {
	/** Resolves when it exits unexpectedly. */
	readonly ended: Promise<Error>;
	/** Resolves when nobody else may get it. */
	readonly withdrawn?: Promise<void>;
	/**
	 * How many like this one to keep ready at most. Those with this number are cheap, and count against no other limit.
	 */
	readonly maxReady?: number;
	[Symbol.asyncDispose](): PromiseLike<void>;
}

export interface ServerPoolOptions<T> {
	readonly start: () => Promise<T>;
	/**
	 * The most servers to keep ready, and to start at once. At 0, servers still start one at a time on demand.
	 */
	readonly limit: () => number;
	/** After this many milliseconds without an `acquire`, the pool keeps one server less ready. */
	readonly idleTime: number;
	/** In milliseconds. Lets the new user of a server log in before the next start competes for the CPU. */
	readonly headStart: () => number;
}

/**
 * Keeps servers ready ahead of need: one at first, one more each time a caller had to wait, and one less
 * after each idle period.
 *
 * When a start fails, all waiting calls reject at once. The next `acquire` tries again.
 */
export class ServerPool<T extends Poolable> implements AsyncDisposable {
	readonly #options: ServerPoolOptions<T>;
	readonly #ready: T[] = [];
	readonly #waiting: PromiseWithResolvers<T>[] = [];
	readonly #starts = new Set<Promise<void>>();
	#target = 0;
	#idle: NodeJS.Timeout | undefined;
	#draining = false;
	#disposed = false;

	constructor(options: ServerPoolOptions<T>) {
		this.#options = options;
	}

	get readyCount(): number {
		return this.#ready.length;
	}

	/** A server for this caller alone, who disposes of it. */
	acquire(): Promise<T> {
		this.#restartIdleTime();
		const ready = this.#ready.shift();
		if (ready === undefined || this.#target === 0)
			this.#target = Math.min(this.#target + 1, Math.max(0, this.#options.limit()));
		if (ready !== undefined) {
			setTimeout(() => this.#fill(), this.#options.headStart()).unref();
			return Promise.resolve(ready);
		}
		const waiting = Promise.withResolvers<T>();
		this.#waiting.push(waiting);
		this.#fill();
		return waiting.promise;
	}

	/** One that is ready, if there is. This is no sign that more will be needed, so no other takes its place. */
	takeReady(): T | undefined {
		return this.#ready.shift();
	}

	/**
	 * Makes a server available again that its caller did not use, even if more are ready than are kept otherwise: the next
	 * caller comes soon. Returns whether the pool took it.
	 */
	putBack(one: T): boolean {
		if (this.#disposed || this.#draining) return false;
		this.#restartIdleTime();
		void this.#add(one);
		return true;
	}

	/**
	 * Stops keeping servers ready, and resolves when all waiting calls are served. Do not `acquire` afterwards.
	 */
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

	/** Waiting calls come first: starting servers for later would only slow theirs down. */
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
			await this.#add(await this.#options.start());
		} catch (error) {
			this.#target = 0;
			this.#rejectWaiting(error);
		}
	}

	async #add(one: T): Promise<void> {
		if (this.#disposed) return await dispose(one);
		const waiting = this.#waiting.shift();
		if (waiting !== undefined) return waiting.resolve(one);
		if (this.#draining) return await dispose(one);
		this.#ready.push(one);
		for (const end of [one.ended, one.withdrawn]) void end?.then(() => this.#forget(one));
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

/**
 * No caller is there to receive an error of a server that was never used. The next start cleans up after it.
 */
async function dispose(one: Poolable): Promise<void> {
	try {
		await one[Symbol.asyncDispose]();
	} catch {}
}
