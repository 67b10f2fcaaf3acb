/** What several fixtures of a module use together: made for the first, disposed of after the last. */
export interface Shared<T> extends AsyncDisposable {
	readonly value: T;
}

interface Entry<T> {
	readonly value: Promise<T>;
	holders: number;
}

/**
 * vitest keeps the fixtures of a `test` and of each that extends it apart. What costs a server is shared by all of a
 * module that want the same.
 */
export class SharedValues<T extends { [Symbol.asyncDispose](): PromiseLike<void> }> {
	readonly #entries = new Map<string, Entry<T>>();
	readonly #held = new Set<T>();

	/** Those that somebody uses. */
	held(): readonly T[] {
		return [...this.#held];
	}

	async hold(key: string, make: () => Promise<T>): Promise<Shared<T>> {
		const entry = this.#entries.get(key) ?? { value: make(), holders: 0 };
		this.#entries.set(key, entry);
		entry.holders++;
		const release = async () => {
			entry.holders--;
			if (entry.holders > 0) return;
			this.#entries.delete(key);
			this.#held.delete(await entry.value);
			await (await entry.value)[Symbol.asyncDispose]();
		};
		try {
			const value = await entry.value;
			this.#held.add(value);
			return { value, [Symbol.asyncDispose]: release };
		} catch (error) {
			this.#entries.delete(key);
			throw error;
		}
	}
}
