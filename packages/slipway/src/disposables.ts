/** What is released together, the last first. Node 22 has no DisposableStack. */
export class Disposables implements Disposable {
	readonly #all: Disposable[] = [];

	use(one: Disposable): void {
		this.#all.push(one);
	}

	[Symbol.dispose](): void {
		const last = this.#all.pop();
		if (last === undefined) return;
		try {
			last[Symbol.dispose]();
		} finally {
			this[Symbol.dispose]();
		}
	}
}
