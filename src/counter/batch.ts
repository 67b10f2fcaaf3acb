import { UnavailableError } from '../database/unavailable-error.ts';
import type { Counters } from './counters.ts';

/** Adds to each counter in `hits` within `ms` milliseconds. Resolves with the new values once they are on disk. */
export type Add = (hits: ReadonlyMap<string, number>, ms: number) => Promise<Values>;

/** The new values, by counter. */
export type Values = ReadonlyMap<string, bigint>;

/** Follows one call. */
export interface CallObserver {
	/** Called as each hit joins the call. */
	join?(): void;
	/** Runs the call that `hits` share. `countNew` returns how many of them it has counted. */
	run(hits: number, call: () => Promise<Values>, countNew: (values: Values) => number): Promise<Values>;
}

export interface ShareOptions {
	/** Milliseconds after its arrival by which a hit gets its number or an error. Default: 3000. */
	readonly deadline?: number;
	/**
	 * How many hits may wait for a call. Further ones fail at once, which bounds the memory that a slow database can
	 * cost. Default: 10,000.
	 */
	readonly maxWaiting?: number;
	/** Called for each call. */
	readonly observe?: (() => CallObserver) | undefined;
	/** How many of a call's hits it has counted, if that may be fewer than all. */
	readonly countNew?: (values: Values) => number;
}

/**
 * Batches hits of all counters into calls of `add`. One call runs at a time; hits that arrive during it share the next
 * one, and each resolves with its own number. If a call fails, all of its hits fail with its error. None is retried,
 * because it is unknown whether they were added.
 *
 * The time limit of a call is what its first hit has left after waiting for the previous call.
 */
export function shareCalls(
	add: Add,
	{ deadline = 3000, maxWaiting = 10_000, observe = () => unobserved, countNew }: ShareOptions = {},
): Counters['hit'] {
	let next = new Batch(observe());
	let running = false;

	async function run() {
		running = true;
		while (next.size > 0) {
			await arrivals();
			const batch = next;
			next = new Batch(observe());
			await batch.settleWith(add, deadline, countNew);
		}
		running = false;
	}

	return (name, by = 1) => {
		if (next.size >= maxWaiting) return Promise.reject(tooManyWaiting(maxWaiting));
		const number = next.join(name, by);
		if (!running) void run();
		return number;
	};
}

const unobserved: CallObserver = { run: (_, call) => call() };

/** Hits that share a call. */
class Batch {
	size = 0;
	/** When the first hit arrived. */
	#arrival = 0;
	/** What the hits add to each counter. */
	readonly #hits = new Map<string, number>();
	/** The counters' values before the first hit. */
	readonly #starts = Promise.withResolvers<Values>();
	readonly #observer: CallObserver;

	constructor(observer: CallObserver) {
		this.#observer = observer;
	}

	join(name: string, by: number): Promise<bigint> {
		if (this.size === 0) this.#arrival = performance.now();
		this.size += 1;
		this.#observer.join?.();
		const place = (this.#hits.get(name) ?? 0) + by;
		this.#hits.set(name, place);
		return this.#starts.promise.then((starts) => valueIn(starts, name) + BigInt(place));
	}

	async settleWith(add: Add, deadline: number, countNew = (_: Values) => this.size): Promise<void> {
		const call = async () => {
			const left = this.#arrival + deadline - performance.now();
			if (left <= 0) throw waitedTooLong(deadline);
			return await add(this.#hits, left);
		};
		try {
			const values = await this.#observer.run(this.size, call, countNew);
			const starts = [...this.#hits].map(
				([name, hits]) => [name, valueIn(values, name) - BigInt(hits)] as const,
			);
			this.#starts.resolve(new Map(starts));
		} catch (error) {
			this.#starts.reject(error);
		}
	}
}

function valueIn(values: Values, name: string): bigint {
	const value = values.get(name);
	if (value === undefined) throw new Error(`the counter ${name} has no value`);
	return value;
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
		`${limit} requests are already waiting for the database`,
		'Check the database: it is slow or not responding.',
	);
}

function waitedTooLong(deadline: number): UnavailableError {
	return new UnavailableError(
		'waited-too-long',
		`requests were not sent to the database: they waited ${deadline} ms for those before them`,
		'Check the database: it is slow or not responding.',
	);
}
