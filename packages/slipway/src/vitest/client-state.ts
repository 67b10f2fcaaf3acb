import type { Sql } from 'postgres';

type Properties = Record<PropertyKey, unknown>;

interface Snapshot {
	readonly object: Properties;
	readonly entries: readonly (readonly [key: PropertyKey, value: unknown])[];
	readonly keys: ReadonlySet<PropertyKey>;
}

/**
 * The members and options of a client that tests use one after the other, so that each test starts with the same ones.
 * Drizzle, for example, replaces parsers and serializers of the client that it is given.
 */
export class ClientState {
	readonly #client: Sql;
	#baseline: readonly Snapshot[];
	#prepares: boolean;
	#baselinePrepares: boolean;

	constructor(client: Sql) {
		this.#client = client;
		this.#prepares = this.#baselinePrepares = client.options.prepare;
		// A prepared statement keeps the parsers and column names of the time at which it was prepared.
		const prepared = [client.options.parsers, client.options.transform.column].map((each) =>
			this.#snapshot(each),
		);
		Object.defineProperty(client.options, 'prepare', {
			get: () => this.#prepares && !prepared.some((each) => this.#isChanged(each)),
			set: (prepares: boolean) => {
				this.#prepares = prepares;
			},
		});
		this.#baseline = this.#take();
	}

	/** Makes the present state the one that `restore` returns to: what a module's hooks set is meant for all of its tests. */
	keep(): void {
		this.#baselinePrepares = this.#prepares;
		if (this.#baseline.some((each) => this.#isChanged(each))) this.#baseline = this.#take();
	}

	restore(): void {
		this.#prepares = this.#baselinePrepares;
		for (const snapshot of this.#baseline) if (this.#isChanged(snapshot)) this.#reset(snapshot);
	}

	/** Not `parameters` and `shared`, which say how the server and the connections are. */
	#take(): readonly Snapshot[] {
		const { options } = this.#client;
		const { connection, parsers, serializers, transform, types } = options;
		const { column, value, row } = transform;
		const objects = [this.#client, options, parsers, serializers, transform, column, value, row];
		return [...objects, connection, types].map((object) => this.#snapshot(object));
	}

	#snapshot(given: object): Snapshot {
		const object = given as Properties;
		const keys = Reflect.ownKeys(object).filter((key) => !this.#isComputed(object, key));
		return { object, entries: keys.map((key) => [key, object[key]]), keys: new Set(keys) };
	}

	#isChanged({ object, entries, keys }: Snapshot): boolean {
		return entries.some(([key, value]) => object[key] !== value) || this.#added(object, keys).length > 0;
	}

	#reset({ object, entries, keys }: Snapshot): void {
		for (const key of this.#added(object, keys)) delete object[key];
		for (const [key, value] of entries) if (object[key] !== value) object[key] = value;
	}

	#added(object: Properties, keys: ReadonlySet<PropertyKey>): readonly PropertyKey[] {
		return Reflect.ownKeys(object).filter((key) => !keys.has(key) && !this.#isComputed(object, key));
	}

	#isComputed(object: Properties, key: PropertyKey): boolean {
		return object === (this.#client.options as object) && key === 'prepare';
	}
}
