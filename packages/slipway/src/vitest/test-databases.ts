import { inject } from 'vitest';
import type { ArrayType, Connection } from '../connection/index.ts';
import { acquireServer, type BrokerAddress, type Logins } from '../server-pool/index.ts';
import type { PostgresOptions } from './check-options.ts';
import type { DatabaseHost, HostedDatabase } from './database-host.ts';
import type { CheckRequest, Findings } from './findings.ts';
import type { ReuseAnswer } from './reuse.ts';
import { asTestError } from './test-error.ts';
import { acquireTestServer, type TestServer } from './test-server.ts';
import { workerName } from './worker-name.ts';

/** A database of a test's own, on a server that other tests use too. */
export interface TestDatabase extends Logins {
	readonly arrays: readonly ArrayType[];
	/** Resolves with the cause when its server exits unexpectedly. */
	readonly ended: Promise<Error>;
	/** Looks for what was left. Rejects if the server does not answer any more. */
	check(request: CheckRequest): Promise<Findings>;
	/** Whether it is like a new one after so many logins, with its sequences restored. Ask first before any login. */
	isLikeNew?(logins: number): Promise<boolean>;
	/** Keeps it: see `TestServer`. */
	keep(connection: Connection): Promise<string | undefined>;
	[Symbol.asyncDispose](): PromiseLike<void>;
}

/** Where the tests of a file get databases from. */
export interface TestDatabases extends AsyncDisposable {
	acquire(): Promise<TestDatabase>;
}

/** From the plugin's process, which has some ready on a server for each worker; or on a server for this test file. */
export function openTestDatabases(options: PostgresOptions): TestDatabases {
	const plugin = inject('slipway');
	const isLeased = plugin !== undefined && !hasMoreToShare(options);
	return isLeased ? leasedDatabases(plugin.address, options) : new FileDatabases(options);
}

/** Whether tests can write to what others would see, besides roles and settings. */
const hasMoreToShare = ({ databases = [], replication = false }: PostgresOptions) =>
	databases.length > 0 || replication;

function leasedDatabases(address: BrokerAddress, { leaks, ...options }: PostgresOptions): TestDatabases {
	const request = { ...options, sharedBy: workerName() };
	return {
		async acquire() {
			try {
				const lease = await acquireServer(address, request);
				const check = async (given: CheckRequest) => (await lease.check(given)) as Findings;
				const isLikeNew = async (logins: number) =>
					((await lease.check({ logins })) as ReuseAnswer).isLikeNew;
				return { ...lease, arrays: lease.arrays ?? [], check, isLikeNew };
			} catch (error) {
				throw asTestError(error);
			}
		},
		async [Symbol.asyncDispose]() {},
	};
}

interface FileServer {
	readonly server: TestServer;
	readonly host: DatabaseHost;
}

/** On a server for one test file; on another one if a test has ended or changed it. */
class FileDatabases implements TestDatabases {
	readonly #options: PostgresOptions;
	readonly #servers = new Set<Promise<FileServer>>();
	#current: Promise<FileServer> | undefined;

	constructor(options: PostgresOptions) {
		this.#options = options;
	}

	async acquire(): Promise<TestDatabase> {
		if (this.#options.provider === 'external') return await startUnshared(this.#options);
		this.#current ??= this.#start();
		const current = this.#current;
		const { server, host } = await current;
		const database = await host.create();
		if (database !== undefined) return keptWith(server, database);
		if (this.#current === current) this.#current = undefined;
		return await this.acquire();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all([...this.#servers].map((each) => each.then(stop)));
	}

	#start(): Promise<FileServer> {
		const starting = startFileServer(this.#options);
		this.#servers.add(starting);
		starting.catch(() => {
			this.#servers.delete(starting);
			if (this.#current === starting) this.#current = undefined;
		});
		return starting;
	}
}

async function startUnshared({ leaks, ...options }: PostgresOptions): Promise<TestDatabase> {
	const { startSharedDatabase } = await import('./shared-database.ts');
	const database = await startSharedDatabase(options);
	return {
		...database,
		check: async (request) => (await database.check(request)) as Findings,
		keep: async () => undefined,
	};
}

/** The server is kept with all of its databases, so those that are to be kept are not dropped. */
function keptWith(server: TestServer, database: HostedDatabase): TestDatabase {
	let isKept = false;
	return {
		...database,
		check: async (request) => (await database.check(request)) as Findings,
		keep(connection) {
			isKept = true;
			return server.keep(connection);
		},
		[Symbol.asyncDispose]: async () => {
			if (!isKept) await database[Symbol.asyncDispose]();
		},
	};
}

async function startFileServer(options: PostgresOptions): Promise<FileServer> {
	const server = await acquireTestServer(options);
	try {
		// Loaded on demand: with the plugin, it runs in its process.
		const { DatabaseHost } = await import('./database-host.ts');
		return { server, host: await DatabaseHost.start(server) };
	} catch (error) {
		await server[Symbol.asyncDispose]();
		throw error;
	}
}

async function stop({ server, host }: FileServer): Promise<void> {
	await host.close();
	await server[Symbol.asyncDispose]();
}
