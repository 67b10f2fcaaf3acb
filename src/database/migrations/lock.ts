import type { Client } from 'pg';
import type { Connection } from '../../connection/index.ts';
import { withPgClient } from './pg-client.ts';

/** node-pg-migrate's own, so that it and Slipway take turns as well. */
const lockId = '7241865325823964';

/**
 * Lends `use` a session of the migrator that no other runs beside on this database. The lock is the
 * session's: it is free when that ends, however it ends.
 */
export async function withMigrationLock<T>(
	connection: Connection,
	onProgress: (line: string) => void,
	use: (client: Client) => Promise<T>,
): Promise<T> {
	return await withPgClient(connection, async (client) => {
		await takeLock(client, onProgress);
		return await use(client);
	});
}

async function takeLock(client: Client, onProgress: (line: string) => void): Promise<void> {
	const notice = setTimeout(() => onProgress('waiting for another migration run to end'), 1000);
	try {
		await client.query(`SELECT pg_advisory_lock(${lockId})`);
	} finally {
		clearTimeout(notice);
	}
}
