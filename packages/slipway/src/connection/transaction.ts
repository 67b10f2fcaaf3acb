import type { Sql, TransactionSql } from 'postgres';

/** How many connections of a client have closed. */
const closings = new WeakMap<Sql, number>();

export function countClosing(sql: Sql): void {
	closings.set(sql, closingsOf(sql) + 1);
}

const closingsOf = (sql: Sql) => closings.get(sql) ?? 0;

/**
 * `sql.begin` of a client of one connection, whose loss rejects it. By itself it then goes on to send ROLLBACK or COMMIT,
 * which no handler can keep from ending the process (https://github.com/porsager/postgres/issues/1208).
 */
export async function transact<T>(
	sql: Sql,
	use: (transaction: TransactionSql) => Promise<T>,
): Promise<Awaited<T>> {
	const before = closingsOf(sql);
	// begin itself rejects when the connection closes.
	const heldWhereLost = () => (closingsOf(sql) === before ? undefined : new Promise<never>(() => {}));
	const result = await sql.begin(async (transaction) => {
		try {
			return await use(transaction);
		} finally {
			await heldWhereLost();
		}
	});
	return result as Awaited<T>;
}
