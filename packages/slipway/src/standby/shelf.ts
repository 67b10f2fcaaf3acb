import { SlipwayError } from '../errors.ts';
import { hashFiles } from './hash-files.ts';
import { type Standby, StandbyPool } from './pool.ts';

const idleTime = 30_000;

/** What failed for its text fails again as long as that is the same. */
const lastingFaults = ['migration-failed', 'invalid-migrations', 'seed-failed'];

interface Compartment<T extends Standby> {
	/** Of the migrations and other files: with another one, what is ready is of no use any more. */
	readonly fingerprint: string;
	readonly pool: StandbyPool<T>;
	fault: unknown;
}

export interface ShelfOptions<T> {
	readonly start: (options: object) => Promise<T>;
	readonly inputs: (options: object) => readonly string[];
	readonly capacity: () => number;
}

/** A pool for each way of starting a server, which share what the machine has room for. */
export class StandbyShelf<T extends Standby> implements AsyncDisposable {
	readonly #options: ShelfOptions<T>;
	readonly #compartments = new Map<string, Compartment<T>>();
	readonly #outdated = new Set<StandbyPool<T>>();

	constructor(options: ShelfOptions<T>) {
		this.#options = options;
	}

	async take(options: object): Promise<T> {
		const compartment = this.#compartmentFor(options);
		if (compartment.fault !== undefined) throw compartment.fault;
		return await compartment.pool.take();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const pools = [...this.#all().map(({ pool }) => pool), ...this.#outdated];
		await Promise.all(pools.map((pool) => pool[Symbol.asyncDispose]()));
	}

	#compartmentFor(options: object): Compartment<T> {
		const key = JSON.stringify(options);
		const fingerprint = hashFiles(this.#options.inputs(options));
		const known = this.#compartments.get(key);
		if (known?.fingerprint === fingerprint) return known;
		if (known !== undefined) this.#discard(known);
		const compartment = this.#makeCompartment(options, fingerprint);
		this.#compartments.set(key, compartment);
		return compartment;
	}

	#makeCompartment(options: object, fingerprint: string): Compartment<T> {
		const compartment: Compartment<T> = {
			fingerprint,
			fault: undefined,
			pool: new StandbyPool({
				start: () =>
					this.#options.start(options).catch((error: unknown) => {
						if (isLasting(error)) compartment.fault = error;
						throw error;
					}),
				limit: () => this.#options.capacity() - this.#readyBeside(compartment),
				idleTime,
			}),
		};
		return compartment;
	}

	#readyBeside(compartment: Compartment<T>): number {
		return this.#all().reduce((sum, each) => sum + (each === compartment ? 0 : each.pool.readyCount), 0);
	}

	/** Who waits asked before the change, and is served. */
	#discard({ pool }: Compartment<T>): void {
		this.#outdated.add(pool);
		void pool.drain().then(() => this.#outdated.delete(pool));
	}

	#all(): Compartment<T>[] {
		return [...this.#compartments.values()];
	}
}

function isLasting(error: unknown): boolean {
	return error instanceof SlipwayError && lastingFaults.includes(error.code);
}
