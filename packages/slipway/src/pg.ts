import { createRequire } from 'node:module';
import type pg from 'pg';
import {
	type Connection,
	findServer,
	normalizePassword,
	tlsOptions,
	withoutClientVariables,
} from './connection/index.ts';

/** A client of `pg`, for what is built on it: node-pg-migrate, the schema comparison, the fixture `pool`. */
export function createPgClient(connection: Connection, applicationName: string): pg.Client {
	const client = withoutClientVariables(() => new (loadPg().Client)(toConfig(connection, applicationName)));
	if (connection.choice !== undefined) findServerFirst(client, connection);
	return client;
}

/** pg connects to one host only. */
function findServerFirst(client: pg.Client, connection: Connection): void {
	const connect: () => Promise<unknown> = client.connect.bind(client);
	const connectToServer = async () => {
		const { host, port } = await findServer(connection);
		Object.assign(client, { host, port });
		await connect();
	};
	client.connect = ((callback?: (error: unknown) => void) =>
		callback === undefined
			? connectToServer()
			: void connectToServer().then(() => callback(null), callback)) as pg.Client['connect'];
}

/** A pool of at most `max` such clients. */
export function createPgPool(connection: Connection, applicationName: string, max = 1): pg.Pool {
	// A pool creates its clients later, on demand.
	function Client() {
		return createPgClient(connection, applicationName);
	}
	return new (loadPg().Pool)({ Client: Client as unknown as new () => pg.Client, max });
}

function toConfig(connection: Connection, applicationName: string): pg.ClientConfig {
	return {
		host: connection.host,
		port: connection.port,
		user: connection.username,
		// pg looks an empty string up in ~/.pgpass.
		password: () => normalizePassword(connection.password),
		database: connection.database,
		ssl: tlsOptions(connection),
		connectionTimeoutMillis: 5000,
		application_name: applicationName,
	};
}

/** Loaded on first use because it is slow; with `require` because that is synchronous. */
export function loadPg(): typeof pg {
	return withoutClientVariables(() => createRequire(import.meta.url)('pg'));
}
