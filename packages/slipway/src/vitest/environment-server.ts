import { inject } from 'vitest';
import { acquireServer, type LeasedServer } from '../server-pool/index.ts';
import { type ClientSockets, setVariables, watchClientSockets } from '../test-files/index.ts';
import type { PostgresOptions } from './check-options.ts';
import type { ServerRequest } from './database-hosts.ts';
import { completeOptions, type ProvidedSlipway } from './options.ts';
import type { TestEnvironment } from './plugin-options.ts';
import { withoutStack } from './test-error.ts';
import type { TestServer } from './test-server.ts';

type LeaseRequest = PostgresOptions & Pick<ServerRequest, 'sharedBy'>;
type Provided = ProvidedSlipway & { readonly environment: TestEnvironment };

/** A server whose URL is or was in the environment. */
interface EnvironmentServer {
	readonly lease: LeasedServer;
	/** In a VM context, which does not end with its process. */
	readonly sockets: ClientSockets | undefined;
	/** It exited unexpectedly. */
	hasEnded: boolean;
}

/**
 * The servers of a test file; with `isolate: false`, of all files of a worker, whose modules keep the URL that they have read.
 */
class Realm {
	readonly servers = new Map<string, EnvironmentServer>();
	/** What is set in the environment. */
	current: { readonly url: string; readonly variables: Disposable } | undefined;

	async release(): Promise<void> {
		this.current?.variables[Symbol.dispose]();
		for (const { lease, sockets } of this.servers.values()) {
			sockets?.close();
			await lease[Symbol.asyncDispose]();
		}
	}
}

/** Shared by the setup file and the fixtures, which do not share modules. */
const key = Symbol.for('slipway.environment');
type Holder = { [key]?: Realm };
const here = globalThis as Holder;
const everywhere = process as Holder;

/** Each test file in a VM context has its own `globalThis`, and they share `process`. */
const isVmContext = !(process instanceof Object);

/**
 * Sets DATABASE_URL and PG* for the test file that is imported next. Its server stops, or goes back unused, with this
 * worker; in a VM context, before the worker's next file. Throws what starting a server throws.
 */
export async function enterEnvironment(variables: NodeJS.ProcessEnv): Promise<void> {
	const { environment, ...plugin } = inject('slipway') ?? {};
	if (environment === undefined) return;
	const provided = { ...plugin, environment } as Provided;
	const realm = await enterRealm();
	const { lease } = await findOrAcquire(realm, provided, variables.VITEST_POOL_ID);
	const login = lease[environment.login];
	if (realm.current?.url === login.url) return;
	realm.current?.variables[Symbol.dispose]();
	realm.current = {
		url: login.url,
		variables: setVariables(variables, login, { urls: environment.urls, folder: provided.root }),
	};
}

/** The server of the environment, if it was started with `options`. It stays when it is disposed of. */
export function environmentServer(
	options: PostgresOptions,
): (TestServer & { readonly user: string }) | undefined {
	const { environment } = inject('slipway') ?? {};
	const found = here[key]?.servers.get(serverKey(options));
	if (environment === undefined || found === undefined || found.hasEnded) return undefined;
	const user = found.lease[environment.login].username;
	return { ...found.lease, user, [Symbol.asyncDispose]: async () => {} };
}

/** Ends the realm of the file before in a VM context. Its pools may still be open, and would report the end of the server. */
async function enterRealm(): Promise<Realm> {
	here[key] ??= new Realm();
	if (everywhere[key] !== here[key]) await everywhere[key]?.release();
	everywhere[key] = here[key];
	return here[key];
}

async function findOrAcquire(realm: Realm, provided: Provided, worker = ''): Promise<EnvironmentServer> {
	const options = completeOptions({});
	const known = realm.servers.get(serverKey(options));
	if (known !== undefined && !known.hasEnded) return known;
	const isShared = provided.environment.isolation === 'database';
	const lease = await acquire(provided, isShared ? { ...options, sharedBy: worker } : options);
	const sockets = isVmContext ? watchClientSockets(lease.app.port) : undefined;
	const server: EnvironmentServer = { lease, sockets, hasEnded: false };
	void lease.ended.then(() => {
		server.hasEnded = true;
	});
	realm.servers.set(serverKey(options), server);
	return server;
}

async function acquire({ address }: Provided, { leaks, ...request }: LeaseRequest): Promise<LeasedServer> {
	try {
		return await acquireServer(address, request, { returnUnused: true });
	} catch (error) {
		throw withoutStack(error);
	}
}

const serverKey = ({ leaks, ...options }: PostgresOptions) => JSON.stringify(options);
