import { UnavailableError } from '../database/unavailable-error.ts';

/** Adds `hits` to a counter within `ms` milliseconds. Resolves with the new value once it is committed. */
export type Add = (hits: number, ms: number) => Promise<bigint>;

export interface ShareOptions {
	/** Milliseconds after its arrival by which a hit gets its number or an error. Default: 3000. */
	readonly deadline?: number;
	/**
	 * How many hits may wait for a call. Further ones fail at once, which bounds the memory that a slow database can
	 * cost. Default: 10,000.
	 */
	readonly maxWaiting?: number;
}

/**
 * Batches hits into calls of `add`. One call runs at a time; hits that arrive during it share the next one, and each
 * resolves with its own number. If a call fails, all of its hits fail with its error. None is retried, because it is
 * unknown whether they were added.
 *
 * The time limit of a call is what its first hit has left after waiting for the previous call.
 */
export function shareCalls(
	add: Add,
	{ deadline = 3000, maxWaiting = 10_000 }: ShareOptions = {},
): () => Promise<bigint> {
	let next = new Batch();
	let running = false;

	async function run() {
		running = true;
		while (next.size > 0) {
			await arrivals();
			const batch = next;
			next = new Batch();
			await batch.settleWith(add, deadline);
		}
		running = false;
	}

	return () => {
		if (next.size >= maxWaiting) return Promise.reject(tooManyWaiting(maxWaiting));
		const number = next.join();
		if (!running) void run();
		return number;
	};
}

/** Hits that share a call. */
class Batch {
	size = 0;
	/** When the first hit arrived. */
	#arrival = 0;
	/** The counter's value before the first hit. */
	readonly #start = Promise.withResolvers<bigint>();

	join(): Promise<bigint> {
		if (this.size === 0) this.#arrival = performance.now();
		this.size += 1;
		const place = BigInt(this.size);
		return this.#start.promise.then((start) => start + place);
	}

	async settleWith(add: Add, deadline: number): Promise<void> {
		try {
			const left = this.#arrival + deadline - performance.now();
			if (left <= 0) throw waitedTooLong(deadline);
			this.#start.resolve((await add(this.size, left)) - BigInt(this.size));
		} catch (error) {
			this.#start.reject(error);
		}
	}
}

/**
 * Waits two turns of the event loop: one for hits that have already arrived, one for clients that the last call has just
 * answered. Measurements show that fewer, larger calls are worth the later start.
 */
async function arrivals(): Promise<void> {
	await eventLoopTurn();
	await eventLoopTurn();
}

const eventLoopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function tooManyWaiting(limit: number): UnavailableError {
	return new UnavailableError(
		'too-many-waiting',
		`${limit} hits are already waiting for the database`,
		'Check the database: it is slow or not responding.',
	);
}

function waitedTooLong(deadline: number): UnavailableError {
	return new UnavailableError(
		'waited-too-long',
		`hits were not counted: they waited ${deadline} ms for the hits before them`,
		'Check the database: it is slow or not responding.',
	);
}
