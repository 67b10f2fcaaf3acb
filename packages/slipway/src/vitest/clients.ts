import type { Client, Pool } from 'pg';
import type { Sql } from 'postgres';
import { type ClientOptions, type Connection, openClient } from '../connection/index.ts';
import { createPgPool } from '../pg.ts';
import { fixtureApplication } from './leaks.ts';

/** The most connections that each of the fixtures `sql` and `pool` opens. It opens each when a test first needs it. */
const maxConnections = 4;

export interface ConnectOptions {
	/** The role to log in as. Default: `app`. */
	readonly as?: 'app' | 'migrator' | 'admin';
	/** The most connections to open. Default: 1. */
	readonly max?: number;
}

/** Opens another client, which is closed when the test ends. */
export type Connect = (options?: ConnectOptions) => Sql;

export function openFixtureClient(
	connection: Connection,
	{ max = maxConnections, arrays }: Pick<ClientOptions, 'max' | 'arrays'> = {},
): Sql {
	return openClient(connection, { max, arrays, applicationName: fixtureApplication });
}

/** A pool of pg, closed afterwards even if queries still run on it. */
export async function withPool(connection: Connection, use: (pool: Pool) => Promise<void>): Promise<void> {
	const pool = createPgPool(connection, fixtureApplication, maxConnections);
	const clients: Client[] = [];
	pool.on('connect', (client) => clients.push(client as unknown as Client));
	pool.on('error', () => {}); // An idle connection was lost, which the next query would report.
	await use(pool);
	// Waits for clients that were not released, so for ever.
	if (!pool.ending) void pool.end();
	await Promise.all(clients.map((client) => client.end()));
}

/** Opens clients for a test, and closes them afterwards even if queries still run on them. */
export async function withConnect(
	logins: Readonly<Record<'app' | 'migrator' | 'admin', Connection>>,
	arrays: ClientOptions['arrays'],
	use: (connect: Connect) => Promise<void>,
): Promise<void> {
	const clients: Sql[] = [];
	await use(({ as = 'app', max = 1 } = {}) => {
		const client = openFixtureClient(logins[as], { max, arrays });
		clients.push(client);
		return client;
	});
	await Promise.all(clients.map((client) => client.end({ timeout: 0 })));
}
