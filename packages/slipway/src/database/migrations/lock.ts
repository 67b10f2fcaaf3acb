import type { Client } from 'pg';
import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { findLockHolders, waitForLock } from '../advisory-lock.ts';
import { withPgClient } from './pg-client.ts';

/** The key that node-pg-migrate uses, so that it and Slipway exclude each other as well. */
const lockKey = '7241865325823964';

/** The session that migrates. */
export interface MigratorSession {
	readonly client: Client;
	/** Its process on the server. */
	readonly pid: number;
}

/**
 * Calls `use` with a session of the migrator that holds the migration lock of this database. The lock is
 * released when the session ends, for whatever reason. Throws `connection-lost` if the connection is lost
 * while waiting.
 */
export async function withMigrationLock<T>(
	connection: Connection,
	sql: Sql,
	onProgress: (line: string) => void,
	use: (session: MigratorSession) => Promise<T>,
): Promise<T> {
	return await withPgClient(connection, async (client) => {
		await acquire(client, sql, onProgress).catch((cause: Error) => {
			throw lostWhileWaiting(cause);
		});
		const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
		return await use({ client, pid: rows[0]?.pid ?? 0 });
	});
}

/**
 * Polls, because a statement that waited for the lock would block the session that holds it: CREATE INDEX
 * CONCURRENTLY waits for every older statement, which would be a deadlock.
 */
async function acquire(client: Client, sql: Sql, onProgress: (line: string) => void): Promise<void> {
	await waitForLock(() => tryLock(client), {
		// Failing to name the holder is no reason to stop waiting.
		findHolders: () => findLockHolders(sql, lockKey).catch(() => []),
		onHolder: ({ description, end }) =>
			onProgress(
				`waiting for the migration lock, held by ${description}; if that is not a migration, end it: ${end}`,
			),
	});
}

/** Returns false at once if another session holds the lock. */
async function tryLock(client: Client): Promise<boolean> {
	const { rows } = await client.query<{ acquired: boolean }>(
		`SELECT pg_catalog.pg_try_advisory_lock(${lockKey}) AS acquired`,
	);
	return rows[0]?.acquired === true;
}

function lostWhileWaiting(cause: Error): SlipwayError {
	return new SlipwayError(
		'connection-lost',
		`the connection was lost while waiting for the migration lock: ${cause.message}; nothing was run`,
		'Run it again.',
		{ cause },
	);
}
