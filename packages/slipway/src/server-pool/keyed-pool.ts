import { SlipwayError } from '../errors.ts';
import { hashFiles } from './hash-files.ts';
import { type Poolable, ServerPool } from './pool.ts';

const idleTime = 30_000;
const headStart = { server: 25, database: 2 };

/** Errors that recur until the files that caused them change. */
const recurringErrors = [
	'migration-failed',
	'no-extension',
	'migration-command-failed',
	'invalid-migrations',
	'seed-failed',
];

interface Entry<T extends Poolable> {
	/**
	 * A hash of the migrations and other input files. When it changes, the servers of this pool are outdated.
	 */
	readonly fingerprint: string;
	readonly pool: ServerPool<T>;
	error: unknown;
	/** Of the ones started last. */
	maxReady: number | undefined;
}

export interface KeyedPoolOptions<T> {
	/** `fingerprint`: that of the input files. */
	readonly start: (options: object, fingerprint: string) => Promise<T>;
	readonly inputs: (options: object) => readonly string[];
	readonly capacity: () => number;
}

/** One pool for each set of start options. The pools share the machine's capacity. */
export class KeyedPool<T extends Poolable> implements AsyncDisposable {
	readonly #options: KeyedPoolOptions<T>;
	readonly #entries = new Map<string, Entry<T>>();
	readonly #outdated = new Set<ServerPool<T>>();
	readonly #origins = new WeakMap<T, ServerPool<T>>();

	constructor(options: KeyedPoolOptions<T>) {
		this.#options = options;
	}

	async acquire(options: object): Promise<T> {
		const entry = this.#entryFor(options);
		if (entry.error !== undefined) throw entry.error;
		const one = await entry.pool.acquire();
		this.#origins.set(one, entry.pool);
		return one;
	}

	/** One that is ready, if there is. */
	takeReady(options: object): T | undefined {
		const known = this.#entries.get(JSON.stringify(options));
		return known?.fingerprint === this.#fingerprint(options) ? known.pool.takeReady() : undefined;
	}

	/** Makes a server that its user did not use available again. Returns whether the pool took it. */
	putBack(one: T): boolean {
		return this.#origins.get(one)?.putBack(one) ?? false;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const pools = [...this.#all().map(({ pool }) => pool), ...this.#outdated];
		await Promise.all(pools.map((pool) => pool[Symbol.asyncDispose]()));
	}

	#entryFor(options: object): Entry<T> {
		const key = JSON.stringify(options);
		const fingerprint = this.#fingerprint(options);
		const known = this.#entries.get(key);
		if (known?.fingerprint === fingerprint) return known;
		if (known !== undefined) this.#drain(known);
		const entry = this.#createEntry(options, fingerprint);
		this.#entries.set(key, entry);
		return entry;
	}

	#fingerprint(options: object): string {
		return hashFiles(this.#options.inputs(options));
	}

	#createEntry(options: object, fingerprint: string): Entry<T> {
		const entry: Entry<T> = {
			fingerprint,
			error: undefined,
			maxReady: undefined,
			pool: new ServerPool({
				start: () => this.#start(options, entry),
				limit: () => entry.maxReady ?? this.#options.capacity() - this.#readyInOthers(entry),
				idleTime,
				headStart: () => (entry.maxReady === undefined ? headStart.server : headStart.database),
			}),
		};
		return entry;
	}

	async #start(options: object, entry: Entry<T>): Promise<T> {
		try {
			const one = await this.#options.start(options, entry.fingerprint);
			entry.maxReady = one.maxReady;
			return one;
		} catch (error) {
			if (isRecurring(error)) entry.error = error;
			throw error;
		}
	}

	#readyInOthers(entry: Entry<T>): number {
		const others = this.#all().filter((each) => each !== entry && each.maxReady === undefined);
		return others.reduce((sum, { pool }) => sum + pool.readyCount, 0);
	}

	/** Requests that are already waiting came before the change, and are still served. */
	#drain({ pool }: Entry<T>): void {
		this.#outdated.add(pool);
		void pool.drain().then(() => this.#outdated.delete(pool));
	}

	#all(): Entry<T>[] {
		return [...this.#entries.values()];
	}
}

function isRecurring(error: unknown): boolean {
	return error instanceof SlipwayError && recurringErrors.includes(error.code);
}
