import type { Sql } from 'postgres';

type Properties = Record<PropertyKey, unknown>;

interface SavedObject {
	readonly object: Properties;
	readonly entries: readonly (readonly [key: PropertyKey, value: unknown])[];
	readonly keys: ReadonlySet<PropertyKey>;
}

/**
 * The members and options of a client that several tests use. Restoring them lets each test start with the
 * same client: Drizzle, for example, replaces parsers and serializers.
 */
export class ClientState {
	readonly #client: Sql;
	#baseline: readonly SavedObject[];
	#prepares: boolean;
	#baselinePrepares: boolean;

	constructor(client: Sql) {
		this.#client = client;
		this.#prepares = this.#baselinePrepares = client.options.prepare;
		// A prepared statement keeps the parsers and column names it was prepared with.
		const prepared = [client.options.parsers, client.options.transform.column].map((each) =>
			this.#save(each),
		);
		Object.defineProperty(client.options, 'prepare', {
			get: () => this.#prepares && !prepared.some((each) => this.#isChanged(each)),
			set: (prepares: boolean) => {
				this.#prepares = prepares;
			},
		});
		this.#baseline = this.#saveAll();
	}

	/**
	 * Makes the current state the one to restore: changes by a test file's hooks are meant for all of its
	 * tests.
	 */
	setBaseline(): void {
		this.#baselinePrepares = this.#prepares;
		if (this.#baseline.some((each) => this.#isChanged(each))) this.#baseline = this.#saveAll();
	}

	restore(): void {
		this.#prepares = this.#baselinePrepares;
		for (const saved of this.#baseline) if (this.#isChanged(saved)) this.#reset(saved);
	}

	/** Without `parameters` and `shared`, which describe the server and the connections. */
	#saveAll(): readonly SavedObject[] {
		const { options } = this.#client;
		const { connection, parsers, serializers, transform, types } = options;
		const { column, value, row } = transform;
		const objects = [this.#client, options, parsers, serializers, transform, column, value, row];
		return [...objects, connection, types].map((object) => this.#save(object));
	}

	#save(given: object): SavedObject {
		const object = given as Properties;
		const keys = Reflect.ownKeys(object).filter((key) => !this.#isComputed(object, key));
		return { object, entries: keys.map((key) => [key, object[key]]), keys: new Set(keys) };
	}

	/** Runs before each query, so it makes no lists: with all entries in place, another number of keys means added ones. */
	#isChanged({ object, entries }: SavedObject): boolean {
		for (const [key, value] of entries) if (isOther(object, key, value)) return true;
		const computed = this.#isComputed(object, 'prepare') ? 1 : 0;
		return Reflect.ownKeys(object).length !== entries.length + computed;
	}

	#reset({ object, entries, keys }: SavedObject): void {
		for (const key of this.#added(object, keys)) delete object[key];
		for (const [key, value] of entries) if (isOther(object, key, value)) object[key] = value;
	}

	#added(object: Properties, keys: ReadonlySet<PropertyKey>): readonly PropertyKey[] {
		return Reflect.ownKeys(object).filter((key) => !keys.has(key) && !this.#isComputed(object, key));
	}

	#isComputed(object: Properties, key: PropertyKey): boolean {
		return object === (this.#client.options as object) && key === 'prepare';
	}
}

const isOther = (object: Properties, key: PropertyKey, value: unknown) =>
	object[key] !== value || (value === undefined && !Object.hasOwn(object, key));
