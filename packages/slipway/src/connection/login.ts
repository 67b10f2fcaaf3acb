import { inspect } from 'node:util';
import type { Connection } from './details.ts';

/** A connection in the forms that other clients and tools take. */
export interface Login extends Connection {
	/** The same as `username`, as pg calls it: `new pg.Pool(login)`. */
	readonly user: string;
	/** `postgres://user:password@host:port/database?sslmode=…` */
	readonly url: string;
	/** `DATABASE_URL` and libpq's variables (`PGHOST` and so on), which other clients and tools read. */
	readonly env: Readonly<Record<string, string>>;
}

export function toLogin(connection: Connection): Login {
	const { host, port, sslMode, username, password, database } = connection;
	const login = { host, port, sslMode, username, user: username, password, database };
	// Printed, copied and sent without the URL, which has the password in it and belongs to this login only.
	return Object.defineProperties(login as Login, {
		url: { get: () => urlOf(connection) },
		env: { get: () => clientVariables(connection) },
		[inspect.custom]: { value: () => ({ ...login, password: '(hidden)' }) },
	});
}

/** The login in the variables that most clients and tools read. */
export function clientVariables(connection: Connection): Record<string, string> {
	const { host, port, sslMode, username, password, database } = connection;
	return {
		DATABASE_URL: urlOf(connection),
		PGHOST: host,
		PGPORT: String(port),
		PGUSER: username,
		PGPASSWORD: password,
		PGDATABASE: database,
		PGSSLMODE: sslMode,
	};
}

function urlOf({ host, port, sslMode, username, password, database }: Connection): string {
	const address = host.includes(':') && !host.startsWith('/') ? `[${host}]` : encodeURIComponent(host);
	const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
	return `postgres://${login}@${address}:${port}/${encodePath(database)}?sslmode=${sslMode}`;
}

/** As little as may be: postgres.js takes the name of the database as it stands there, and pg decodes it by `decodeURI`. */
const encodePath = (segment: string) => encodeURI(segment).replaceAll(/[/?#@]/g, encodeURIComponent);
