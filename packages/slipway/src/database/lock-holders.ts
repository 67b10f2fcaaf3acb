import type { Sql } from 'postgres';
import { transact } from '../connection/index.ts';
import { quoteLiteral } from '../sql.ts';
import { describeSession, type SessionRow } from './migrations/blockers.ts';

/** Who has an advisory lock. Any role that may connect to the database can take one. */
export interface LockHolder {
	readonly description: string;
	/** The statement that takes the lock away. */
	readonly end: string;
}

type HolderRow = SessionRow & { readonly gid: string | null };

/** Who has the advisory lock `key` in the database of `sql`: one that a prepared transaction has belongs to no process. */
export async function findLockHolders(sql: Sql, key: string): Promise<readonly LockHolder[]> {
	const rows = await transact(sql, async (transaction) => {
		// The migrator acts as the owner; the right to see the queries of others may be its own.
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
