import { createRequire } from 'node:module';
import postgres, { type Sql } from 'postgres';
import { type ArrayType, registerArrays } from './arrays.ts';
import { withoutClientVariables } from './client-environment.ts';
import type { Connection, SslMode } from './details.ts';
import { explainConnectionError } from './explain-error.ts';
import { isDirect, readBackend } from './pooler.ts';
import { openSocket } from './socket.ts';
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
	/** Called with the channel and the payload of each notification. */
	readonly onNotification?: (channel: string, payload: string) => void;
	/**
	 * Array types to read and write besides the built-in ones: what `learnArrays` returned for this database, or for the
	 * one that it was cloned from.
	 */
	readonly arrays?: readonly ArrayType[] | undefined;
}

const ssl: Record<SslMode, false | 'require' | 'verify-full'> = {
	disable: false,
	require: 'require',
	'verify-full': 'verify-full',
};

/** A postgres.js client. It connects at its first query; the caller has to end it. */
export function openClient(connection: Connection, options: ClientOptions = {}): Sql {
	const client: Sql = withoutClientVariables(() =>
		postgres({
			...address(connection, options),
			username: connection.username,
			// A function is not printed with the client's options.
			password: () => normalizePassword(connection.readPasswords?.()[0] ?? connection.password),
			database: connection.database,
			ssl: ssl[connection.sslMode],
			max: options.max ?? 1,
			connect_timeout: options.connectTimeout ?? 5,
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
	return client;
}

/** Without `fetch_types`, `reserve` never resolves for a connection that has to be opened first (https://github.com/porsager/postgres/issues/1219). */
function openBeforeReserving(client: Sql): void {
	const { reserve } = client;
	// Right at the end of the query, before anything else can take the connection.
	client.reserve = () => client.unsafe('SELECT 1').then(() => reserve());
}

/**
 * postgres.js splits a host at colons, which breaks IPv6 addresses, but not the items of a list. Its types know neither
 * lists nor `socket`.
 */
function address({ host, port }: Connection, { keepsAlive = true }: ClientOptions): object {
	const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
	return {
		...('path' in target ? target : { host: [host], port: [port] }),
		socket: () => (keepsAlive ? openSocket(target) : openSocket(target).unref()),
		// Its timer would keep the process alive.
		...(!keepsAlive && { max_lifetime: null }),
	};
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
