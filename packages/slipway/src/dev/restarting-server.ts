import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection/index.ts';
import type { PostgresServer } from '../postgres/index.ts';

const maxRestarts = 3;
/** A server that ran this long before it ended started well. */
const settledMilliseconds = 10_000;

export interface RestartEvents {
	/** Called with what ended the server, or what kept it from starting, before each restart. */
	readonly onEnd: (cause: Error) => void;
	/** Called when the server answers again, perhaps on another port. What it throws is not caught. */
	readonly onRestarted: () => Promise<void>;
}

/** A server that is started again when it exits unexpectedly. */
export class RestartingServer implements AsyncDisposable {
	#server: PostgresServer;
	readonly #startAgain: () => Promise<PostgresServer>;

	constructor(server: PostgresServer, startAgain: () => Promise<PostgresServer>) {
		this.#server = server;
		this.#startAgain = startAgain;
	}

	/** The superuser's login at the server that runs now, or ran last. */
	get admin(): Connection {
		return this.#server.admin;
	}

	/** Restarts the server whenever it ends. Throws the cause after three restarts in a row that failed. */
	async keepRunning({ onEnd, onRestarted }: RestartEvents): Promise<never> {
		let cause = await this.#server.ended;
		for (let restarts = 0; restarts < maxRestarts; restarts++) {
			onEnd(cause);
			await sleep(restarts * 1000);
			const failure = await this.#restart();
			if (failure !== undefined) {
				cause = failure;
				continue;
			}
			const since = performance.now();
			await onRestarted();
			cause = await this.#server.ended;
			if (performance.now() - since >= settledMilliseconds) restarts = -1;
		}
		throw cause;
	}

	/** Resolves with what kept the server from starting. */
	async #restart(): Promise<Error | undefined> {
		try {
			await this.#server[Symbol.asyncDispose]();
			this.#server = await this.#startAgain();
			return undefined;
		} catch (error) {
			return error as Error;
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#server[Symbol.asyncDispose]();
	}
}
