import type { Sql } from 'postgres';
import { type Connection, describeConnection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { findLockHolders, waitForLock } from '../advisory-lock.ts';

/** An arbitrary number. There is one lock per server, because all its databases share the roles. */
const lockKey = '7250163842';

export interface LockOptions {
	/** Called with a line for each session that holds the lock meanwhile. */
	readonly onWait?: (line: string) => void;
	/** Milliseconds. Default: one minute. */
	readonly timeout?: number;
}

/**
 * Waits until no other bootstrap runs on the server, and then holds the lock until `withAdmin` ends the
 * session. Advisory locks are per database: `admin` has to connect to the same one as the others. Throws
 * `bootstrap-busy`, which names the holder: any role that may connect can take the lock.
 */
export async function acquireBootstrapLock(
	sql: Sql,
	admin: Connection,
	{ onWait = () => {}, timeout = 60_000 }: LockOptions = {},
): Promise<void> {
	const acquired = await waitForLock(() => tryLock(sql), {
		findHolders: () => findLockHolders(sql, lockKey),
		onHolder: ({ description }) => onWait(`waiting for the bootstrap lock, held by ${description}`),
		timeout,
	});
	if (!acquired) throw await busy(sql, admin, timeout);
	// For the other locks that its steps take.
	await sql.unsafe("SET lock_timeout = '1min'");
}

async function tryLock(sql: Sql): Promise<boolean> {
	const [row] = await sql<[{ acquired: boolean }]>`
		SELECT pg_catalog.pg_try_advisory_lock(${lockKey}::bigint) AS acquired`;
	return row.acquired;
}

async function busy(sql: Sql, admin: Connection, timeout: number): Promise<SlipwayError> {
	const holders = await findLockHolders(sql, lockKey);
	const who = holders.map(({ description }) => description).join(', ') || 'a session that has ended since';
	return new SlipwayError(
		'bootstrap-busy',
		`could not get the bootstrap lock on ${describeConnection(admin)} within ${timeout / 1000} s; it is held by ${who}`,
		[
			'If that is another bootstrap, wait until it ends and run this again. Otherwise end it, as a superuser or as the role that holds the lock:',
			...holders.map(({ end }) => `  ${end} -- in the database ${JSON.stringify(admin.database)}`),
		].join('\n'),
	);
}
