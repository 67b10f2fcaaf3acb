import type { Sql, TransactionSql } from 'postgres';

/** How many connections of a client have closed. */
const closings = new WeakMap<Sql, number>();

export function countClosing(sql: Sql): void {
	closings.set(sql, closingsOf(sql) + 1);
}

const closingsOf = (sql: Sql) => closings.get(sql) ?? 0;

/**
 * `sql.begin` of a client of one connection, whose loss rejects it. By itself it then goes on to send ROLLBACK or COMMIT,
 * which no handler can keep from ending the process (https://github.com/porsager/postgres/issues/1208). So would every
 * statement of `use` that comes after the loss: those are refused.
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
		// begin itself rejects when the connection closes.
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
		// A trap would be one more frame on the stack, of which postgres.js keeps as many as reach to the caller.
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
	Object.assign(new Error('the connection of the transaction is closed'), { code: 'CONNECTION_CLOSED' });
