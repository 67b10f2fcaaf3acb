import { createRequire } from 'node:module';
import { addAbortSignal } from 'node:stream';
import postgres, { type Sql } from 'postgres';
import { type ArrayType, registerArrays } from './arrays.ts';
import { chooseHost, type ServerState } from './choose-host.ts';
import { withoutClientVariables } from './client-environment.ts';
import type { Address, Connection } from './details.ts';
import { explainConnectionError } from './explain-error.ts';
import { isDirect, readBackend } from './pooler.ts';
import { failedSocket, openSocket } from './socket.ts';
import { tlsOptions } from './tls.ts';
import { countClosing } from './transaction.ts';

export interface ClientOptions {
	/** The maximum number of connections. Default: 1. */
	readonly max?: number | undefined;
	/** Shown in `pg_stat_activity`. */
	readonly applicationName?: string;
	/** Seconds to wait for the server to answer a connection attempt. Default: 5. */
	readonly connectTimeout?: number;
	/**
	 * Milliseconds after which the server cancels a statement. Default: no limit. A pooler may ignore it, or refuse the
	 * login because of it.
	 */
	readonly statementTimeout?: number;
	/**
	 * Whether to use prepared statements. Default: true. Set false for a pooler that does not support them.
	 */
	readonly prepare?: boolean;
	/** Whether this process stays alive while the client is connected. Default: true. */
	readonly keepsAlive?: boolean;
	/** Aborted when the client is of no use any more, which does not wait for the server then. */
	readonly signal?: AbortSignal;
	/** Called with the channel and the payload of each notification. */
	readonly onNotification?: (channel: string, payload: string) => void;
	/**
	 * Array types to read and write besides the built-in ones: what `learnArrays` returned for this database, or for the
	 * one that it was cloned from.
	 */
	readonly arrays?: readonly ArrayType[] | undefined;
}

/** A postgres.js client. It connects at its first query; the caller has to end it. */
export function openClient(connection: Connection, options: ClientOptions = {}): Sql {
	const ending = new AbortController();
	const client: Sql = withoutClientVariables(() =>
		postgres({
			...address(connection, options, ending.signal),
			username: connection.username,
			// A function is not printed with the client's options.
			password: () => normalizePassword(connection.readPasswords?.()[0] ?? connection.password),
			database: connection.database,
			// Its types know fewer options than it passes on.
			ssl: tlsOptions(connection) as boolean | object,
			max: options.max ?? 1,
			connect_timeout: options.connectTimeout ?? 5,
			// By default it replaces a connection after some time, which could separate a statement from what is to follow it in
			// the same session. The timer would keep the process alive.
			max_lifetime: null,
			// By default it waits up to 20 s after failures, even when the server is back.
			backoff: () => 0,
			connection: {
				application_name: options.applicationName ?? 'slipway',
				...(options.statementTimeout !== undefined && { statement_timeout: options.statementTimeout }),
			},
			// Nothing handles the promise of that query, so that a connection lost meanwhile would end the process.
			fetch_types: false,
			prepare: options.prepare ?? true,
			onnotice: () => {},
			// The library's types leave this one out.
			...({ onnotify: options.onNotification } as object),
			onclose: () => countClosing(client),
		}),
	);
	registerArrays(client, options.arrays);
	openBeforeReserving(client);
	noteEnd(client, ending);
	return client;
}

/** Without this, a connection whose server is being chosen would be opened after the end, and stay open. */
function noteEnd(client: Sql, ending: AbortController): void {
	const { end } = client;
	client.end = (options) => end(options).finally(() => ending.abort());
}

/** Without `fetch_types`, `reserve` never resolves for a connection that has to be opened first (https://github.com/porsager/postgres/issues/1219). */
function openBeforeReserving(client: Sql): void {
	const { reserve } = client;
	// Right at the end of the query, before anything else can take the connection.
	client.reserve = () => client.unsafe('SELECT 1').then(() => reserve());
}

/**
 * postgres.js splits a host at colons, which breaks IPv6 addresses, but not the items of a list. Its types know neither
 * lists nor `socket`. Of several hosts, it would try the next one forever, without an error, so it is given a socket to
 * the right one. That is chosen again for each connection.
 */
function address(connection: Connection, options: ClientOptions, ended: AbortSignal): object {
	const { host, port, choice } = connection;
	const { keepsAlive = true, signal } = options;
	const open = ({ host, port }: Address) => {
		if (signal?.aborted) return failedSocket(signal.reason);
		const target = host.startsWith('/') ? { path: socketPath(host, port) } : { host, port };
		const socket = openSocket(target);
		if (signal !== undefined) addAbortSignal(signal, socket);
		return keepsAlive ? socket : socket.unref();
	};
	const openChosen = async () => {
		try {
			const chosen = await findServer(connection, options);
			ended.throwIfAborted();
			return open(chosen);
		} catch (error) {
			return failedSocket(error);
		}
	};
	return {
		...(host.startsWith('/') ? { path: socketPath(host, port) } : { host: [host], port: [port] }),
		socket: choice === undefined ? () => open({ host, port }) : openChosen,
	};
}

const socketPath = (directory: string, port: number) => `${directory}/.s.PGSQL.${port}`;

/**
 * The login to the one server that `connection` leads to now: where there are several, the right one is found by logging
 * in to all. Throws what `chooseHost` throws.
 */
export async function findServer(connection: Connection, options?: ClientOptions): Promise<Connection> {
	const { choice, ...login } = connection;
	if (choice === undefined) return connection;
	const { connectTimeout, keepsAlive, applicationName = 'slipway', signal: given } = options ?? {};
	const asking = { connectTimeout, keepsAlive, applicationName } as ClientOptions;
	const address = await chooseHost(choice, (address, signal) =>
		withClient({ ...login, ...address }, readState, {
			...asking,
			signal: given === undefined ? signal : AbortSignal.any([signal, given]),
		}),
	);
	return { ...login, ...address };
}

async function readState(sql: Sql): Promise<ServerState> {
	const [state] = await sql<ServerState[]>`
		SELECT pg_catalog.pg_is_in_recovery() AS standby,
			pg_catalog.current_setting('transaction_read_only') = 'on' AS "readOnly"`.simple();
	if (state === undefined) throw new Error('a query of functions returned no row');
	return state;
}

/**
 * Calls `use` with a client whose single connection is known to work, and closes it afterwards. Throws a `SlipwayError`
 * if it cannot connect.
 */
export async function withClient<T>(
	connection: Connection,
	use: (sql: Sql) => Promise<T>,
	options?: ClientOptions,
): Promise<T> {
	const sql = openClient(connection, options);
	try {
		const backend = await readBackend(sql).catch((error: unknown) => {
			throw explainConnectionError(error, connection);
		});
		if (!isDirect(backend)) sql.options.prepare = false;
		return await use(sql);
	} finally {
		await sql.end({ timeout: 1 });
	}
}

/**
 * The form of a password that SCRAM hashes (RFC 5802 requires SASLprep). PostgreSQL uses the raw text if SASLprep refuses
 * it. Node's clients leave out this step, so that the same password would work in psql but not in them.
 */
export function normalizePassword(password: string): string {
	if (isPlain(password)) return password;
	try {
		return loadSaslprep()(password);
	} catch {
		return password;
	}
}

/** SASLprep leaves printable ASCII as it is. */
const isPlain = (password: string) => /^[\x20-\x7e]*$/.test(password);

/** Loaded only when needed: loading its tables takes longer than a server that was started ahead takes to answer. */
function loadSaslprep(): typeof import('@mongodb-js/saslprep').saslprep {
	const { saslprep } = createRequire(import.meta.url)('@mongodb-js/saslprep');
	return saslprep;
}
