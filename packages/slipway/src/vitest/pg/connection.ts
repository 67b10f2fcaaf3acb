import type pg from 'pg';

/** What pg's clients run: a query of its own, a cursor, a stream. */
export interface Submittable {
	readonly text?: unknown;
	submit(connection: unknown): unknown;
	handleError(error: Error, connection?: unknown): void;
}

/** A client of pg that runs one query at a time. */
export class ExclusiveConnection {
	readonly #client: pg.Client;
	#isLost = false;
	#onReady: (() => void) | undefined;

	/** `client` is connected. */
	constructor(client: pg.Client) {
		this.#client = client;
		client.on('drain', () => this.#onReady?.());
		client.once('end', () => {
			this.#isLost = true;
			this.#onReady?.();
		});
	}

	/** Resolves when the server is ready for another query, whether this one succeeded or failed. */
	async run(query: Submittable): Promise<void> {
		const ready = this.#untilReady();
		this.#client.query(query);
		await ready;
	}

	/** The result of the last statement of `sql`. */
	async execute(sql: string): Promise<pg.QueryResult> {
		const ready = this.#untilReady();
		const [outcome] = await Promise.allSettled([this.#client.query(sql), ready]);
		if (outcome.status === 'rejected') throw outcome.reason;
		return [outcome.value].flat().at(-1) as pg.QueryResult;
	}

	/** The event `drain` is the only one that also follows an error. */
	async #untilReady(): Promise<void> {
		if (this.#isLost) return;
		await new Promise<void>((resolve) => {
			this.#onReady = resolve;
		});
	}
}
