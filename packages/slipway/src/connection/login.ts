import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Connection } from './details.ts';

/** A connection in the forms that other clients and tools accept. */
export interface Login extends Connection {
	/** `username` under the name that pg uses: `new pg.Pool(login)`. */
	readonly user: string;
	/** The authority of the server's certificate, if Slipway created it: pg and postgres.js have this option. */
	readonly ssl?: { readonly ca: string };
	/** `postgres://user:password@host:port/database?sslmode=…` */
	readonly url: string;
	/** `DATABASE_URL` and libpq's variables (`PGHOST` and so on), which other clients and tools read. */
	readonly env: Readonly<Record<string, string>>;
}

export function toLogin(connection: Connection): Login {
	const { host, port, sslMode, sslRootCert, username, password, database } = connection;
	const certificate = sslRootCert && { sslRootCert, ssl: { ca: readFileSync(sslRootCert, 'utf8') } };
	const login = { host, port, sslMode, ...certificate, username, user: username, password, database };
	// Not enumerable, so that printing does not show the password in the URL, and a changed copy has no outdated URL.
	return Object.defineProperties(login as Login, {
		url: { get: () => urlOf(connection) },
		env: { get: () => clientVariables(connection) },
		[inspect.custom]: { value: () => ({ ...login, password: '(hidden)' }) },
	});
}

/** The login as the environment variables that most clients and tools read. */
export function clientVariables(connection: Connection): Record<string, string> {
	const { host, port, sslMode, sslRootCert, username, password, database } = connection;
	return {
		DATABASE_URL: urlOf(connection),
		PGHOST: host,
		PGPORT: String(port),
		PGUSER: username,
		PGPASSWORD: password,
		PGDATABASE: database,
		PGSSLMODE: sslMode,
		...(sslRootCert && { PGSSLROOTCERT: sslRootCert }),
	};
}

function urlOf({ host, port, sslMode, username, password, database }: Connection): string {
	const address = host.includes(':') && !host.startsWith('/') ? `[${host}]` : encodeURIComponent(host);
	const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
	return `postgres://${login}@${address}:${port}/${encodePath(database)}?sslmode=${sslMode}`;
}

/** Encodes as little as possible: postgres.js does not decode the database name, and pg decodes it with `decodeURI`. */
const encodePath = (segment: string) => encodeURI(segment).replaceAll(/[/?#@]/g, encodeURIComponent);
