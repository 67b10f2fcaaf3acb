/** A value that several fixtures of a test file use. It is disposed of with its last user. */
export interface Shared<T> extends AsyncDisposable {
	readonly value: T;
}

interface Entry<T> {
	readonly value: Promise<T>;
	users: number;
}

/**
 * vitest keeps the fixtures of a `test` apart from those of each `test` that extends it. Values that cost a
 * server are shared here by all fixtures of a test file with the same key.
 */
export class SharedValues<T extends { [Symbol.asyncDispose](): PromiseLike<void> }> {
	readonly #entries = new Map<string, Entry<T>>();
	readonly #inUse = new Set<T>();

	/** The keys of the values that have users. */
	keys(): readonly string[] {
		return [...this.#entries.keys()];
	}

	inUse(): readonly T[] {
		return [...this.#inUse];
	}

	async acquire(key: string, create: () => Promise<T>): Promise<Shared<T>> {
		const entry = this.#entries.get(key) ?? { value: create(), users: 0 };
		this.#entries.set(key, entry);
		entry.users++;
		const release = async () => {
			entry.users--;
			if (entry.users > 0) return;
			this.#entries.delete(key);
			this.#inUse.delete(await entry.value);
			await (await entry.value)[Symbol.asyncDispose]();
		};
		try {
			const value = await entry.value;
			this.#inUse.add(value);
			return { value, [Symbol.asyncDispose]: release };
		} catch (error) {
			this.#entries.delete(key);
			throw error;
		}
	}
}
