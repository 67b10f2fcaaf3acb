import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection/index.ts';
import type { PostgresServer } from '../postgres/index.ts';

const maxRestarts = 3;
/** A server that ran at least this long before it ended counts as a successful start. */
const settledMilliseconds = 10_000;

export interface RestartEvents {
	/** Called before each restart, with the reason why the server ended or did not start. */
	readonly onEnd: (cause: Error) => void;
	/** Called when the server answers again, possibly on another port. Its errors are not caught. */
	readonly onRestarted: () => Promise<void>;
}

/** A server that is restarted when it exits unexpectedly. */
export class RestartingServer implements AsyncDisposable {
	#server: PostgresServer;
	readonly #startAgain: () => Promise<PostgresServer>;

	constructor(server: PostgresServer, startAgain: () => Promise<PostgresServer>) {
		this.#server = server;
		this.#startAgain = startAgain;
	}

	/** The superuser's login on the current server, or on the last one if none runs. */
	get admin(): Connection {
		return this.#server.admin;
	}

	/** Restarts the server whenever it exits. Throws the cause after three failed restarts in a row. */
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

	/** Resolves with the error if the server does not start. */
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
