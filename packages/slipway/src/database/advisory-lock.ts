import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { transact } from '../connection/index.ts';
import { quoteLiteral } from '../sql.ts';
import { describeSession, type SessionRow } from './migrations/blockers.ts';

/** What holds an advisory lock. Any role that may connect to the database can take one. */
export interface LockHolder {
	readonly description: string;
	/** The statement that releases the lock. */
	readonly end: string;
}

interface WaitOptions {
	readonly findHolders: () => Promise<readonly LockHolder[]>;
	/** Called once for each holder that is found while waiting. */
	readonly onHolder: (holder: LockHolder) => void;
	/** Milliseconds. Default: no limit. */
	readonly timeout?: number;
}

const interval = 100;
/** How many tries pass before the holders are looked up, and between one look and the next. */
const triesPerLook = 10;

/** Calls `tryLock` until it has the lock. Returns false if that takes longer than `timeout`. */
export async function waitForLock(
	tryLock: () => Promise<boolean>,
	{ findHolders, onHolder, timeout = Number.POSITIVE_INFINITY }: WaitOptions,
): Promise<boolean> {
	const reported = new Set<string>();
	for (let tries = 1; !(await tryLock()); tries++) {
		if (tries * interval >= timeout) return false;
		await sleep(interval);
		if (tries % triesPerLook > 0) continue;
		for (const holder of await findHolders()) {
			if (!reported.has(holder.description)) onHolder(holder);
			reported.add(holder.description);
		}
	}
	return true;
}

type HolderRow = SessionRow & { readonly gid: string | null };

/**
 * What holds the advisory lock `key` in the database of `sql`. A prepared transaction holds it without a
 * process.
 */
export async function findLockHolders(sql: Sql, key: string): Promise<readonly LockHolder[]> {
	const rows = await transact(sql, async (transaction) => {
		// Undoes SET ROLE: the login role, not the owner, may be allowed to see the queries of other roles.
		await transaction`SET LOCAL ROLE NONE`;
		return await transaction<HolderRow[]>`
			SELECT lock.pid, usename AS username, application_name AS application, state, query, gid
			FROM pg_catalog.pg_locks AS lock
				LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = lock.pid
				LEFT JOIN pg_catalog.pg_locks AS prepared ON lock.pid IS NULL AND prepared.pid IS NULL
					AND prepared.locktype = 'transactionid'
					AND prepared.virtualtransaction = lock.virtualtransaction
				LEFT JOIN pg_catalog.pg_prepared_xacts ON transaction = prepared.transactionid
			WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
				AND lock.classid::bigint << 32 | lock.objid::bigint = ${key}::bigint
				AND lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())`;
	});
	return rows.map((row) =>
		row.gid === null
			? { description: describeSession(row), end: `SELECT pg_terminate_backend(${row.pid});` }
			: {
					description: `the prepared transaction ${quoteLiteral(row.gid)}`,
					end: `ROLLBACK PREPARED ${quoteLiteral(row.gid)};`,
				},
	);
}
