import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { addressesOf, type Connection } from './details.ts';

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
	const { host, port, sslMode, sslRootCert, tlsFiles, choice, username, password, database } = connection;
	const certificate = sslRootCert && { sslRootCert, ssl: { ca: readFileSync(sslRootCert, 'utf8') } };
	const optional = { ...certificate, ...(tlsFiles && { tlsFiles }), ...(choice && { choice }) };
	const login = { host, port, sslMode, ...optional, username, user: username, password, database };
	// Not enumerable, so that printing does not show the password in the URL, and a changed copy has no outdated URL.
	return Object.defineProperties(login as Login, {
		url: { get: () => urlOf(connection) },
		env: { get: () => clientVariables(connection) },
		[inspect.custom]: { value: () => ({ ...login, password: '(hidden)' }) },
	});
}

/** The login as the environment variables that most clients and tools read. */
export function clientVariables(connection: Connection): Record<string, string> {
	const { sslMode, sslRootCert, tlsFiles = {}, choice, username, password, database } = connection;
	const { rootCert = sslRootCert, cert, key } = tlsFiles;
	const addresses = addressesOf(connection);
	return {
		DATABASE_URL: urlOf(connection),
		PGHOST: addresses.map(({ host }) => host).join(),
		PGPORT: addresses.map(({ port }) => port).join(),
		PGUSER: username,
		PGPASSWORD: password,
		PGDATABASE: database,
		PGSSLMODE: sslMode,
		...(rootCert && { PGSSLROOTCERT: rootCert }),
		...(cert && { PGSSLCERT: cert }),
		...(key && { PGSSLKEY: key }),
		...(choice && { PGTARGETSESSIONATTRS: choice.target }),
	};
}

/** In libpq's form, which has several hosts. */
function urlOf(connection: Connection): string {
	const { sslMode, tlsFiles = {}, choice, username, password, database } = connection;
	const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
	const servers = addressesOf(connection).map(({ host, port }) => `${encodeHost(host)}:${port}`);
	const parameters = Object.entries({
		sslmode: sslMode,
		sslrootcert: tlsFiles.rootCert,
		sslcert: tlsFiles.cert,
		sslkey: tlsFiles.key,
		target_session_attrs: choice?.target,
	}).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
	return `postgres://${login}@${servers.join()}/${encodePath(database)}?${parameters.join('&')}`;
}

const encodeHost = (host: string) =>
	host.includes(':') && !host.startsWith('/') ? `[${host}]` : encodeURIComponent(host);

/** Encodes as little as possible: postgres.js does not decode the database name, and pg decodes it with `decodeURI`. */
const encodePath = (segment: string) => encodeURI(segment).replaceAll(/[/?#@]/g, encodeURIComponent);
