import type { ArrayType } from '../connection/index.ts';
import type { Logins } from './messages.ts';
import type { Poolable } from './pool.ts';

export interface PooledServer extends Logins, Poolable {
	/** The array types of its database besides the built-in ones, if they are known. */
	readonly arrays?: readonly ArrayType[];
	/** Whether anyone has connected to it. Without this, the broker finds out. */
	wasUsed?(): Promise<boolean>;
	/** Looks for what its user has left. Rejects if it does not answer any more. */
	check?(request: object): Promise<object>;
}

/** The open leases, and the servers kept after theirs. */
export class Leases implements AsyncDisposable {
	readonly #open = new Set<Lease>();
	readonly #kept = new Set<PooledServer>();
	readonly #stopping = new Set<Promise<void>>();
	readonly #errors: unknown[] = [];

	/** `putBack`: makes a released server available again, if it can be; returns whether it did. */
	open<T extends PooledServer>(
		acquire: () => Promise<T>,
		putBack: (server: T) => Promise<boolean> = async () => false,
	): Lease {
		const server = acquire();
		const lease: Lease = new Lease(server, async (kept) => {
			const released = await server;
			this.#open.delete(lease);
			if (kept) this.#kept.add(released);
			else this.#stop(released, putBack);
		});
		this.#open.add(lease);
		return lease;
	}

	async stopKept(): Promise<void> {
		for (const server of this.#kept) this.#stop(server);
		this.#kept.clear();
		await Promise.all(this.#stopping);
	}

	/**
	 * Throws the errors of all servers that failed to stop, then or earlier: nothing was waiting for them
	 * earlier.
	 */
	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all([...this.#open].map((lease) => lease.close()));
		await this.stopKept();
		if (this.#errors.length === 1) throw this.#errors[0];
		if (this.#errors.length > 1)
			throw new AggregateError(this.#errors, 'several test servers failed to stop');
	}

	#stop<T extends PooledServer>(server: T, putBack = async (_: T) => false): void {
		const stopping = this.#dispose(server, putBack).finally(() => this.#stopping.delete(stopping));
		this.#stopping.add(stopping);
	}

	async #dispose<T extends PooledServer>(server: T, putBack: (server: T) => Promise<boolean>): Promise<void> {
		try {
			if (await putBack(server)) return;
			await server[Symbol.asyncDispose]();
		} catch (error) {
			this.#errors.push(error);
		}
	}
}

/** One client's exclusive use of a server. */
export class Lease {
	readonly server: Promise<PooledServer>;
	readonly #release: (kept: boolean) => Promise<void>;
	#kept = false;
	#closed: Promise<void> | undefined;

	/** `release` is called when the server has started. */
	constructor(server: Promise<PooledServer>, release: (kept: boolean) => Promise<void>) {
		this.server = server;
		this.#release = release;
	}

	keep(): void {
		this.#kept = true;
	}

	close(): Promise<void> {
		this.#closed ??= this.server.then(
			() => this.#release(this.#kept),
			() => {},
		);
		return this.#closed;
	}
}
