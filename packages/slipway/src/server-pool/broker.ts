import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Connection } from '../connection/index.ts';
import { KeyedPool } from './keyed-pool.ts';
import { type Lease, Leases, type PooledServer } from './leases.ts';
import {
	type AcquireRequest,
	type Answer,
	type BrokerAddress,
	onMessage,
	type Request,
	send,
	serializeError,
} from './messages.ts';
import { type WatchedServer, watchUse } from './use.ts';

export interface BrokerOptions {
	readonly start: (options: object, context: StartContext) => Promise<PooledServer>;
	/** The files that shape a server. When one changes, the servers kept ready are outdated. */
	readonly inputs: (options: object) => readonly string[];
	/** Called with a database to keep; returns the command that opens it. */
	readonly onKept: (connection: Connection) => string;
	/** Called with the options of each server that is used: when it is leased, or when its use is noticed. */
	readonly onUsed?: (options: object) => void;
}

export interface StartContext {
	/** A hash of the files that shape the server. */
	readonly fingerprint: string;
	/** A server started with these options that is ready, if there is one. */
	readonly takeReady: (options: object) => PooledServer | undefined;
}

export interface Broker extends AsyncDisposable {
	readonly address: BrokerAddress;
	/** Stops the servers that were kept. */
	stopKept(): Promise<void>;
}

/**
 * Leases servers, started ahead of need, to other processes on this machine. A lease lasts as long as its
 * connection: however the client's process ends, its server is stopped.
 *
 * Clients connect to a port on 127.0.0.1, so nothing is left in the file system. A client without the token
 * is disconnected.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
	const takeReady: StartContext['takeReady'] = (given) => pool.takeReady(given);
	const pool: KeyedPool<WatchedServer> = new KeyedPool({
		...options,
		start: async (given, fingerprint) =>
			await watchUse(await options.start(given, { fingerprint, takeReady })),
		capacity: poolCapacity,
	});
	const leases = new Leases();
	const token = randomBytes(32).toString('base64url');
	const listener = createServer((socket) => serve(socket, { token, pool, leases, options }));
	listener.listen(0, '127.0.0.1');
	await once(listener, 'listening');
	listener.unref();
	const { port } = listener.address() as AddressInfo;
	return {
		address: { port, token },
		stopKept: () => leases.stopKept(),
		async [Symbol.asyncDispose]() {
			listener.close();
			// The sessions that watch the servers keep no process alive, which would end before the servers do.
			const stayAlive = setInterval(() => {}, 2 ** 31 - 1);
			try {
				await Promise.all([pool[Symbol.asyncDispose](), leases[Symbol.asyncDispose]()]);
			} finally {
				clearInterval(stayAlive);
			}
		},
	};
}

/** A small server with its files in memory and a few connections. */
const bytesPerServer = 128 * 1024 ** 2;

/**
 * How many servers may be kept ready: one per core, and no more than fit into half of the available memory.
 */
function poolCapacity(): number {
	return Math.min(availableParallelism(), Math.floor(process.availableMemory() / 2 / bytesPerServer));
}

interface Context {
	readonly token: string;
	readonly pool: KeyedPool<WatchedServer>;
	readonly leases: Leases;
	readonly options: BrokerOptions;
}

function serve(socket: Socket, { token, pool, leases, options }: Context): void {
	let lease: Lease | undefined;
	socket.unref();
	socket.on('error', () => {}); // The client was killed; 'close' follows.
	onMessage<Request>(socket, (message) => {
		if ('keep' in message && lease !== undefined) {
			send(socket, keep(lease, message.keep, options));
		} else if ('check' in message && lease !== undefined) {
			void check(lease, message.check).then((answer) => send(socket, answer));
		} else if ('token' in message && lease === undefined && isSame(message.token, token)) {
			lease = openLease(message, { pool, leases, options });
			socket.once('close', () => lease?.close());
			lease.server.then(
				({ app, migrator, admin, arrays, ended }) => {
					send(socket, { leased: { app, migrator, admin }, arrays });
					void ended.then((error) => send(socket, { ended: serializeError(error) }));
				},
				(error: unknown) => send(socket, { notStarted: serializeError(error) }),
			);
		} else {
			socket.destroy();
		}
	});
}

function openLease(
	{ options: given, returnUnused = false }: AcquireRequest,
	{ pool, leases, options }: Omit<Context, 'token'>,
): Lease {
	if (!returnUnused) options.onUsed?.(given);
	return leases.open(
		() => pool.acquire(given),
		async (server) => {
			if (!returnUnused) return false;
			if (!(await server.wasUsed())) return pool.putBack(server);
			options.onUsed?.(given);
			return false;
		},
	);
}

function keep(lease: Lease, connection: Connection, { onKept }: BrokerOptions): Answer {
	try {
		const kept = onKept(connection);
		lease.keep();
		return { kept };
	} catch (error) {
		return { notKept: serializeError(error) };
	}
}

async function check(lease: Lease, request: object): Promise<Answer> {
	try {
		const server = await lease.server;
		return { checked: (await server.check?.(request)) ?? {} };
	} catch (error) {
		return { notChecked: serializeError(error) };
	}
}

function isSame(one: string, other: string): boolean {
	const [a, b] = [Buffer.from(String(one)), Buffer.from(other)];
	return a.length === b.length && timingSafeEqual(a, b);
}
