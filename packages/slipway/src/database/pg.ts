import { createRequire } from 'node:module';
import type pg from 'pg';
import {
	type Connection,
	normalizePassword,
	type SslMode,
	withoutClientVariables,
} from '../connection/index.ts';

const ssl: Record<SslMode, pg.ClientConfig['ssl']> = {
	disable: false,
	require: { rejectUnauthorized: false },
	'verify-full': true,
};

/** A client of pg, which node-pg-migrate and the comparison of schemas run on; everything else runs on postgres.js. */
export function createPgClient(connection: Connection, applicationName: string): pg.Client {
	return withoutClientVariables(() => new (loadPg().Client)(toConfig(connection, applicationName)));
}

/** A pool of one such client at most. */
export function createPgPool(connection: Connection, applicationName: string): pg.Pool {
	// A pool creates its clients later, when it needs them.
	function Client() {
		return createPgClient(connection, applicationName);
	}
	return new (loadPg().Pool)({ Client: Client as unknown as new () => pg.Client, max: 1 });
}

function toConfig(connection: Connection, applicationName: string): pg.ClientConfig {
	return {
		host: connection.host,
		port: connection.port,
		user: connection.username,
		// An empty text would be looked up in ~/.pgpass.
		password: () => normalizePassword(connection.password),
		database: connection.database,
		ssl: ssl[connection.sslMode],
		connectionTimeoutMillis: 5000,
		application_name: applicationName,
	};
}

/** Loaded where it is needed, for it takes a while; by `require`, for that is over when it returns. */
function loadPg(): typeof pg {
	return withoutClientVariables(() => createRequire(import.meta.url)('pg'));
}
