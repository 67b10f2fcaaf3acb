import type { Sql } from 'postgres';
import { type ClientOptions, type Connection, openClient } from '../connection/index.ts';
import { fixtureApplication } from './leaks.ts';

/** How many connections the fixture `sql` opens at most, as far as a test needs them at the same time. */
const connections = 4;

export interface ConnectOptions {
	/** The app unless told. */
	readonly as?: 'app' | 'migrator' | 'admin';
	/** How many connections at most; 1 unless told. */
	readonly max?: number;
}

/** Opens another client, which is closed with the test. */
export type Connect = (options?: ConnectOptions) => Sql;

export function openFixture(
	connection: Connection,
	{ max = connections, arrays }: Pick<ClientOptions, 'max' | 'arrays'> = {},
): Sql {
	return openClient(connection, { max, arrays, applicationName: fixtureApplication });
}

/** Lends a test clients, and closes them whatever the test has left running on them. */
export async function withConnect(
	logins: Readonly<Record<'app' | 'migrator' | 'admin', Connection>>,
	arrays: ClientOptions['arrays'],
	use: (connect: Connect) => Promise<void>,
): Promise<void> {
	const clients: Sql[] = [];
	await use(({ as = 'app', max = 1 } = {}) => {
		const client = openFixture(logins[as], { max, arrays });
		clients.push(client);
		return client;
	});
	await Promise.all(clients.map((client) => client.end({ timeout: 0 })));
}
