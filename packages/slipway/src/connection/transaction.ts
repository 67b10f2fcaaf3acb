import type { Sql, TransactionSql } from 'postgres';

/** How many connections of a client have closed. */
const closings = new WeakMap<Sql, number>();

export function countClosing(sql: Sql): void {
	closings.set(sql, closingsOf(sql) + 1);
}

const closingsOf = (sql: Sql) => closings.get(sql) ?? 0;

/**
 * `sql.begin` for a client with one connection. Rejects when the connection is lost. On its own, `sql.begin` would then
 * send ROLLBACK or COMMIT, whose failure ends the process and cannot be caught
 * (https://github.com/porsager/postgres/issues/1208). The same goes for statements that `use` sends after the loss: they
 * are refused.
 */
export async function transact<T>(
	sql: Sql,
	use: (transaction: TransactionSql) => Promise<T>,
): Promise<Awaited<T>> {
	const before = closingsOf(sql);
	const isLost = () => closingsOf(sql) !== before;
	const result = await sql.begin((transaction) => runUnlessLost(transaction, use, isLost));
	return result as Awaited<T>;
}

async function runUnlessLost<T>(
	transaction: TransactionSql,
	use: (transaction: TransactionSql) => Promise<T>,
	isLost: () => boolean,
): Promise<T> {
	try {
		return await use(refuseWhenLost(transaction, isLost));
	} finally {
		// `begin` has already rejected by itself; do not let it continue.
		if (isLost()) await new Promise<never>(() => {});
	}
}

function refuseWhenLost(transaction: TransactionSql, isLost: () => boolean): TransactionSql {
	const refuse = () => {
		throw connectionClosed();
	};
	const savepoint = (...args: unknown[]) => {
		const run = args.pop() as (inner: TransactionSql) => unknown;
		// Like postgres.js, waits for each statement of an array.
		const settle = async (inner: TransactionSql) => {
			const result = run(inner);
			return await (Array.isArray(result) ? Promise.all(result) : result);
		};
		return Reflect.apply(transaction.savepoint, transaction, [
			...args,
			(inner: TransactionSql) => runUnlessLost(inner, settle, isLost),
		]);
	};
	return new Proxy(transaction, {
		// A trap would add a stack frame, and postgres.js keeps only enough of the stack to show the caller.
		get apply() {
			return isLost() ? refuse : undefined;
		},
		get(target, name) {
			if (isLost() && statements.has(name)) return refuse;
			return name === 'savepoint' ? savepoint : Reflect.get(target, name);
		},
	} as ProxyHandler<TransactionSql>);
}

const statements = new Set<string | symbol>(['savepoint', 'unsafe', 'file', 'notify']);

const connectionClosed = () =>
	Object.assign(new Error("the transaction's connection is closed"), { code: 'CONNECTION_CLOSED' });
