import type { Reading } from './reading.ts';

/** Milliseconds during which a reading counts as new: pages are rendered from it, however many are asked for. */
const fresh = 1000;

/** Milliseconds after which a page waits for a new reading rather than show the last one. */
const stale = 10_000;

/** The last reading of the counter, so that showing a page does not cost a query. */
export class LatestReading {
	readonly #read: () => Promise<Reading>;
	readonly #onError: (error: unknown) => void;
	#last: { readonly reading: Reading; readonly at: number } | undefined;
	#lastAttempt = Number.NEGATIVE_INFINITY;
	#running: Promise<Reading | undefined> | undefined;

	constructor(read: () => Promise<Reading>, onError: (error: unknown) => void) {
		this.#read = read;
		this.#onError = onError;
	}

	/** Starts a new reading if the last one is more than a second old. Undefined if there is none that is recent. */
	get(): Reading | undefined | Promise<Reading | undefined> {
		const now = performance.now();
		const renewed = now - this.#lastAttempt < fresh ? this.#running : this.refresh();
		return this.#last !== undefined && now - this.#last.at < stale ? this.#last.reading : renewed;
	}

	/** Callers during a reading share it. Resolves with undefined if it fails. */
	refresh(): Promise<Reading | undefined> {
		this.#lastAttempt = performance.now();
		this.#running ??= this.#refresh().finally(() => {
			this.#running = undefined;
		});
		return this.#running;
	}

	async #refresh(): Promise<Reading | undefined> {
		try {
			const reading = await this.#read();
			this.#last = { reading, at: performance.now() };
			return reading;
		} catch (error) {
			this.#onError(error);
			return undefined;
		}
	}
}
