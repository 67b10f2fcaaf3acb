import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { findLockHolders } from '../lock-holders.ts';
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
 * session's: it is free when that ends, however it ends. Throws `connection-lost` where that is before its turn.
 */
export async function withMigrationTurn<T>(
	connection: Connection,
	sql: Sql,
	onProgress: (line: string) => void,
	use: (session: MigratorSession) => Promise<T>,
): Promise<T> {
	return await withPgClient(connection, async (client) => {
		await takeTurn(client, sql, onProgress).catch((cause: Error) => {
			throw lostInWaiting(cause);
		});
		const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
		return await use({ client, pid: rows[0]?.pid ?? 0 });
	});
}

const interval = 100;
/** How many intervals pass before a person is told, and between one look at who it is and the next. */
const patience = 10;

/**
 * Tries again and again, because a statement that waits for the lock would be in the way of the one that has it: CREATE
 * INDEX CONCURRENTLY waits for every statement that is older, which would be a deadlock.
 */
async function takeTurn(client: Client, sql: Sql, onProgress: (line: string) => void): Promise<void> {
	const told = new Set<string>();
	for (let tries = 1; !(await takeLock(client)); tries++) {
		await sleep(interval);
		if (tries % patience > 0) continue;
		// Who cannot be asked is not what fails.
		for (const { description, end } of await findLockHolders(sql, lockId).catch(() => [])) {
			if (!told.has(description))
				onProgress(
					`waiting for the lock of migrations, held by ${description}; if that is no migration run, end it: ${end}`,
				);
			told.add(description);
		}
	}
}

/** False, at once, where another session has it. */
async function takeLock(client: Client): Promise<boolean> {
	const { rows } = await client.query<{ taken: boolean }>(
		`SELECT pg_catalog.pg_try_advisory_lock(${lockId}) AS taken`,
	);
	return rows[0]?.taken === true;
}

function lostInWaiting(cause: Error): SlipwayError {
	return new SlipwayError(
		'connection-lost',
		`the connection was lost before it was this run's turn: ${cause.message}; nothing was run`,
		'Run it again.',
		{ cause },
	);
}
