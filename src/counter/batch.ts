import { UnavailableError } from '../unavailable.ts';

/** Adds `hits` to a counter within `ms` milliseconds. Resolves with its value once that is committed. */
export type Add = (hits: number, ms: number) => Promise<bigint>;

export interface ShareOptions {
	/** Milliseconds from the arrival of a hit in which it gets its number or an error. Default: 3000. */
	readonly deadline?: number;
	/** How many hits wait for their call. More fail at once, which bounds what a slow database costs in memory. Default: 10,000. */
	readonly maxWaiting?: number;
}

/**
 * Makes hits share calls of `add`. One call runs at a time; the hits that arrive meanwhile share the next one, and
 * each of them resolves with a number of its own. When a call fails, all of its hits fail with its error: whether
 * they were added is not known then, so that none is tried again.
 *
 * A call has as long as the first of its hits has left after waiting for the call before.
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

/** Hits that share one call. */
class Batch {
	size = 0;
	/** When the first of them arrived. */
	#arrival = 0;
	/** The counter's value before the first of them. */
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
 * Two turns of the event loop: the first lets in the hits that are here already, the second those of clients that the
 * last call has just answered. Calls get fewer and larger, which was measured to be worth more than an earlier start.
 */
async function arrivals(): Promise<void> {
	await eventLoopTurn();
	await eventLoopTurn();
}

const eventLoopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function tooManyWaiting(limit: number): UnavailableError {
	return new UnavailableError(
		'too-many-waiting',
		`${limit} hits wait for the database already`,
		'Check the database; it answers slowly or not at all.',
	);
}

function waitedTooLong(deadline: number): UnavailableError {
	return new UnavailableError(
		'waited-too-long',
		`hits waited ${deadline} ms for the database to answer those before them, and were not counted`,
		'Check the database; it answers slowly or not at all.',
	);
}
