import type { Logins } from './messages.ts';
import type { Poolable } from './pool.ts';

export interface PooledServer extends Logins, Poolable {}

/** The open leases, and the servers kept after theirs. */
export class Leases implements AsyncDisposable {
	readonly #open = new Set<Lease>();
	readonly #kept = new Set<PooledServer>();
	readonly #stopping = new Set<Promise<void>>();
	readonly #errors: unknown[] = [];

	open(acquire: () => Promise<PooledServer>): Lease {
		const lease: Lease = new Lease(acquire(), (server, kept) => {
			this.#open.delete(lease);
			if (kept) this.#kept.add(server);
			else this.#stop(server);
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

	#stop(server: PooledServer): void {
		const stopping = this.#dispose(server).finally(() => this.#stopping.delete(stopping));
		this.#stopping.add(stopping);
	}

	async #dispose(server: PooledServer): Promise<void> {
		try {
			await server[Symbol.asyncDispose]();
		} catch (error) {
			this.#errors.push(error);
		}
	}
}

/** One client's exclusive use of a server. */
export class Lease {
	readonly server: Promise<PooledServer>;
	readonly #release: (server: PooledServer, kept: boolean) => void;
	#kept = false;
	#closed: Promise<void> | undefined;

	constructor(server: Promise<PooledServer>, release: (server: PooledServer, kept: boolean) => void) {
		this.server = server;
		this.#release = release;
	}

	keep(): void {
		this.#kept = true;
	}

	close(): Promise<void> {
		this.#closed ??= this.server.then(
			(server) => this.#release(server, this.#kept),
			() => {},
		);
		return this.#closed;
	}
}
