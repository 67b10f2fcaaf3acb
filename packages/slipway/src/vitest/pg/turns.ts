// Not the global ones, which a test may replace.
import { clearTimeout, setTimeout } from 'node:timers';

/** Something that one of several clients does with the connection that they share. */
export interface Job<Client> {
	readonly client: Client;
	/** Does not reject. */
	run(): Promise<void>;
	/** Called instead of `run`. */
	fail(error: Error): void;
}

/**
 * The clients of one connection take turns in the order of their jobs. While one of them has a transaction,
 * the jobs of the others wait for its end. If it is idle for too long, they fail: it may be waiting for them.
 */
export class Turns<Client> {
	/** The client that has a transaction. */
	holder: Client | undefined;
	readonly #idleTimeout: number;
	readonly #idleError: () => Error;
	readonly #jobs: Job<Client>[] = [];
	#isRunning = false;
	#idle: NodeJS.Timeout | undefined;
	#whenSettled: (() => void) | undefined;

	/** `idleTimeout` is in milliseconds. */
	constructor(idleTimeout: number, idleError: () => Error) {
		this.#idleTimeout = idleTimeout;
		this.#idleError = idleError;
	}

	push(job: Job<Client>): void {
		this.#jobs.push(job);
		if (!this.#isRunning) void this.#run();
	}

	/** Resolves when no job runs or waits. */
	async settled(): Promise<void> {
		if (!this.#isRunning && this.#jobs.length === 0) return;
		await new Promise<void>((resolve) => {
			this.#whenSettled = resolve;
		});
	}

	async #run(): Promise<void> {
		this.#isRunning = true;
		for (let job = this.#takeNext(); job !== undefined; job = this.#takeNext()) {
			clearTimeout(this.#idle);
			this.#idle = undefined;
			await job.run();
		}
		this.#isRunning = false;
		if (this.#jobs.length > 0) this.#idle ??= setTimeout(() => this.#failWaiting(), this.#idleTimeout);
		else this.#whenSettled?.();
	}

	#takeNext(): Job<Client> | undefined {
		const { holder } = this;
		const index = holder === undefined ? 0 : this.#jobs.findIndex(({ client }) => client === holder);
		return index < 0 ? undefined : this.#jobs.splice(index, 1)[0];
	}

	#failWaiting(): void {
		this.#idle = undefined;
		for (const job of this.#jobs.splice(0)) job.fail(this.#idleError());
		this.#whenSettled?.();
	}
}
