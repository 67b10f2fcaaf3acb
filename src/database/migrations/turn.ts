import type { Client } from 'pg';
import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { watchBlockers } from './blockers.ts';
import { withPgClient } from './pg-client.ts';

/** node-pg-migrate's own, so that it and Slipway take turns as well. */
const lockId = '7241865325823964';

/** The session that migrates. */
export interface MigratorSession {
	readonly client: Client;
	/** Its process on the server. */
	readonly pid: number;
}

/**
 * Lends `use` a session of the migrator that no other runs beside on this database. The lock is the
 * session's: it is free when that ends, however it ends.
 */
export async function withMigrationTurn<T>(
	connection: Connection,
	sql: Sql,
	onProgress: (line: string) => void,
	use: (session: MigratorSession) => Promise<T>,
): Promise<T> {
	return await withPgClient(connection, async (client) => {
		const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
		const pid = rows[0]?.pid ?? 0;
		const tell = (blocker: string) => onProgress(`waiting for another migration run to end: ${blocker}`);
		await watchBlockers(sql, { pid, interval: 1000, tell }, () =>
			client.query(`SELECT pg_advisory_lock(${lockId})`),
		);
		return await use({ client, pid });
	});
}
