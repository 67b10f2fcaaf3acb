import { createRequire } from 'node:module';
import postgres, { type Sql } from 'postgres';
import { type ArrayType, registerArrays } from './arrays.ts';
import { withoutClientVariables } from './client-environment.ts';
import type { Connection, SslMode } from './details.ts';
import { explainConnectionFault } from './faults.ts';
import { isDirect, readBackend } from './pooler.ts';
import { openSocket } from './socket.ts';
import { countClosing } from './transaction.ts';

export interface ClientOptions {
	/** How many connections at most; 1 unless told. */
	readonly max?: number | undefined;
	/** Shown in `pg_stat_activity`. */
	readonly applicationName?: string;
	/** Seconds to wait for the server to answer a connection attempt; 5 unless told. */
	readonly connectTimeout?: number;
	/**
	 * Milliseconds after which the server ends a statement. Default: none. A pooler may refuse the login with it, or
	 * ignore it.
	 */
	readonly statementTimeout?: number;
	/**
	 * Whether the server keeps statements prepared for the next time. Default: true. A pooler without support for that
	 * needs false.
	 */
	readonly prepare?: boolean;
	/** Called with the channel of each notification. */
	readonly onNotification?: (channel: string) => void;
	/**
	 * Types whose arrays are read and written besides those of PostgreSQL's own types: what `learnArrays` has returned for
	 * this database, or for the one that it was cloned from.
	 */
	readonly arrays?: readonly ArrayType[] | undefined;
}

const ssl: Record<SslMode, false | 'require' | 'verify-full'> = {
	disable: false,
	require: 'require',
	'verify-full': 'verify-full',
};

/** A postgres.js client. It connects with its first query; the caller ends it. */
export function openClient(connection: Connection, options: ClientOptions = {}): Sql {
	const password = normalizePassword(connection.password);
	const client: Sql = withoutClientVariables(() =>
		postgres({
			...address(connection),
			username: connection.username,
			// A function is not printed with the client's options.
			password: () => password,
			database: connection.database,
			ssl: ssl[connection.sslMode],
			max: options.max ?? 1,
			connect_timeout: options.connectTimeout ?? 5,
			// The library's own waits up to 20 s after failures, and as long again when the server is back.
			backoff: () => 0,
			connection: {
				application_name: options.applicationName ?? 'slipway',
				...(options.statementTimeout !== undefined && { statement_timeout: options.statementTimeout }),
			},
			// The library drops the promise of the query for them, so that a connection lost meanwhile ends the process.
			fetch_types: false,
			prepare: options.prepare ?? true,
			onnotice: () => {},
			// The library's types do not know of this one.
			...({ onnotify: options.onNotification } as object),
			onclose: () => countClosing(client),
		}),
	);
	registerArrays(client, options.arrays);
	openBeforeReserving(client);
	return client;
}

/** Where types are not fetched, the library never reserves a connection that it has to open first (https://github.com/porsager/postgres/issues/1219). */
function openBeforeReserving(client: Sql): void {
	const { reserve } = client;
	// In the same turn as the end of the query, so that no other takes the connection.
	client.reserve = () => client.unsafe('SELECT 1').then(() => reserve());
}

/**
 * postgres.js takes a plain host apart at colons, which an IPv6 address has; the items of a list, which its types do not
 * know of, it takes as they are. Nor do they know of `socket`.
 */
function address({ host, port }: Connection): object {
	const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
	return {
		...('path' in target ? target : { host: [host], port: [port] }),
		socket: () => openSocket(target),
	};
}

/**
 * Lends `use` a client of one connection that is known to work, and closes it.
 * A failure to connect arrives as a `SlipwayError`.
 */
export async function withClient<T>(
	connection: Connection,
	use: (sql: Sql) => Promise<T>,
	options?: ClientOptions,
): Promise<T> {
	const sql = openClient(connection, options);
	try {
		const backend = await readBackend(sql).catch((error: unknown) => {
			throw explainConnectionFault(error, connection);
		});
		if (!isDirect(backend)) sql.options.prepare = false;
		return await use(sql);
	} finally {
		await sql.end({ timeout: 1 });
	}
}

/**
 * The form of a password that SCRAM hashes (RFC 5802 asks for SASLprep). PostgreSQL takes the raw text where
 * SASLprep refuses it; clients of Node leave the step out, so that a password typed into psql would not fit theirs.
 */
export function normalizePassword(password: string): string {
	if (isPlain(password)) return password;
	try {
		return loadSaslprep()(password);
	} catch {
		return password;
	}
}

/** Such as SASLprep leaves alone. */
const isPlain = (password: string) => /^[\x20-\x7e]*$/.test(password);

/** Its tables take longer to load than a server started ahead takes to answer. */
function loadSaslprep(): typeof import('@mongodb-js/saslprep').saslprep {
	const { saslprep } = createRequire(import.meta.url)('@mongodb-js/saslprep');
	return saslprep;
}
