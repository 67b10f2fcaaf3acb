import type { Sql, TransactionSql } from 'postgres';
import { transact } from '../connection/index.ts';

/** Restores the session's settings to those at login: a committed SET outlives its transaction. */
export const resetSettings = 'RESET ROLE;\nRESET ALL;';

/**
 * A transaction unaffected by settings that an earlier one in the same session left behind, as every pg_dump
 * file does.
 */
export async function transactWithFreshSettings<T>(
	sql: Sql,
	use: (transaction: TransactionSql) => Promise<T>,
): Promise<Awaited<T>> {
	await sql.unsafe(resetSettings);
	return await transact(sql, use);
}
