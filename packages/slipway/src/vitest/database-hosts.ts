import type { PooledServer, StartContext } from '../server-pool/index.ts';
import type { StartPostgresOptions } from '../start-options.ts';
import { startPrepared } from '../start-postgres.ts';
import { DatabaseHost, type HostedDatabase } from './database-host.ts';
import { type SharedDatabase, startSharedDatabase } from './shared-database.ts';

/** What the broker is asked for. */
export interface ServerRequest extends StartPostgresOptions {
	/** A database of its own is enough. It is on a server that all requests with the same name and options share. */
	readonly sharedBy?: string;
}

interface Started {
	readonly server: PooledServer;
	readonly host: DatabaseHost;
}

interface Entry {
	readonly started: Promise<Started>;
	databases: number;
}

/** Starts servers, and databases on shared servers. A shared server stops with its last database. */
export class DatabaseHosts implements AsyncDisposable {
	readonly #entries = new Map<string, Entry>();
	/** Somebody was still connected to these when their tests had ended. */
	readonly #left = new Set<SharedDatabase>();

	async start(
		{ sharedBy, ...options }: ServerRequest,
		{ fingerprint, takeReady }: StartContext,
	): Promise<PooledServer> {
		if (sharedBy === undefined) return await startPrepared(options);
		if (options.provider === 'external') return await this.#startShared(options);
		// A change of the migrations makes another template.
		const key = JSON.stringify([sharedBy, options, fingerprint]);
		for (;;) {
			const entry = this.#entries.get(key) ?? { started: startHost(options, takeReady), databases: 0 };
			this.#entries.set(key, entry);
			const database = await this.#create(key, entry);
			if (database !== undefined) return database;
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all([...this.#left].map((database) => database[Symbol.asyncDispose]()));
	}

	/** Clients report the end of their connection as an error, which would fail a test that is running. */
	async #startShared(options: StartPostgresOptions): Promise<PooledServer> {
		const database = await startSharedDatabase(options);
		return {
			...database,
			[Symbol.asyncDispose]: async () => {
				if ((await database.findLeaks()).length > 0) this.#left.add(database);
				else await database[Symbol.asyncDispose]();
			},
		};
	}

	/** Undefined if the server is not to be used any more. */
	async #create(key: string, entry: Entry): Promise<HostedDatabase | undefined> {
		entry.databases++;
		const release = () => this.#release(key, entry);
		try {
			const { host } = await entry.started;
			const database = await host.create(release);
			if (database !== undefined) return database;
			this.#forget(key, entry);
			await release();
			return undefined;
		} catch (error) {
			await release();
			throw error;
		}
	}

	async #release(key: string, entry: Entry): Promise<void> {
		entry.databases--;
		if (entry.databases > 0) return;
		this.#forget(key, entry);
		const { host, server } = (await entry.started.catch(() => undefined)) ?? {};
		await host?.close();
		await server?.[Symbol.asyncDispose]();
	}

	#forget(key: string, entry: Entry): void {
		if (this.#entries.get(key) === entry) this.#entries.delete(key);
	}
}

async function startHost(
	options: StartPostgresOptions,
	takeReady: StartContext['takeReady'],
): Promise<Started> {
	const server = takeReady(options) ?? (await startPrepared(options));
	try {
		return { server, host: await DatabaseHost.start(server) };
	} catch (error) {
		await server[Symbol.asyncDispose]();
		throw error;
	}
}
