import type { Sql, TransactionSql } from 'postgres';
import { transact } from '../connection/index.ts';

/** Makes the settings of a session what they were at login: a SET outlives the transaction that it was committed with. */
export const forgetSettings = 'RESET ROLE;\nRESET ALL;';

/** A transaction that knows nothing of what another one of the same session set, as each dump of pg_dump does. */
export async function transactAfresh<T>(
	sql: Sql,
	use: (transaction: TransactionSql) => Promise<T>,
): Promise<Awaited<T>> {
	await sql.unsafe(forgetSettings);
	return await transact(sql, use);
}
