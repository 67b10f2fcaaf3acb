import { AsyncLocalStorage } from 'node:async_hooks';
import type { Sql, TransactionSql } from 'postgres';
import type { SlipwayError } from '../errors.ts';
import { type QueryFunction, QueryWatch } from './query-watch.ts';
import { testError } from './test-error.ts';

type Use = (sql: TransactionSql) => unknown;

/**
 * A client whose only connection is in `transaction`. It has every member of a postgres.js client. A member
 * that cannot work in a transaction throws an error that names the isolation level to use. `refusal` returns
 * an error once no more queries are accepted.
 */
export function transactionClient(
	transaction: TransactionSql,
	client: Sql,
	refusal: () => SlipwayError | undefined,
): Sql {
	const watch = new QueryWatch(refusal);
	const top = new Scope(transaction, watch);
	const { CLOSE, END, PostgresError, options, parameters } = client;
	// When postgres.js adds a member, this does not compile until it is listed. Its types omit `close`.
	const members: Record<keyof Sql | 'close', unknown> = {
		...queryMembers(transaction, watch),
		...{ CLOSE, END, PostgresError, options, parameters },
		begin: (...args: readonly unknown[]) => Scope.innermost(top).begin(args),
		reserve: reserveOnce(transaction, watch),
		listen: refuse('listen', useDatabaseTest),
		subscribe: refuse('subscribe', useTestWithReplication),
		largeObject: refuse('largeObject', useDatabaseTest),
		end: refuse('end', useDatabaseTest),
		close: refuse('close', useDatabaseTest),
	};
	return Object.assign(
		watch.wrapTag(transaction as QueryFunction),
		refuseUnknown(client, members),
		members,
	) as Sql;
}

/** Members that a later version of postgres.js adds. */
function refuseUnknown(client: Sql, members: object): object {
	const unknown = Object.entries(client).filter(([name]) => !(name in members));
	return Object.fromEntries(
		unknown.map(([name, value]) => [
			name,
			typeof value === 'function' ? refuse(name, useDatabaseTest) : value,
		]),
	);
}

const useDatabaseTest = 'Use databaseTest, where each test has its own database.';
const useTestWithReplication =
	"Use `test` with postgres: { settings: { wal_level: 'logical', max_wal_senders: '4' } }, and connect({ as: 'admin' }).";

const refuse = (name: string, hint: string) => () => {
	throw testError('not-in-transaction', `sql.${name}() does not work in a transactionTest`, hint);
};

/** The members that a client and its transactions have in common. */
function queryMembers(sql: TransactionSql, watch: QueryWatch) {
	const { array, json, typed, types } = sql;
	return {
		...{ array, json, typed, types },
		unsafe: watch.wrap(sql.unsafe as QueryFunction),
		file: watch.wrap(sql.file as QueryFunction),
		// The original uses another connection. This one would be delivered at COMMIT, so it never is.
		notify: async (channel: string, payload: string) =>
			await watch.wrapTag(sql as unknown as QueryFunction)`SELECT pg_notify(${channel}, ${`${payload}`})`,
	};
}

/** There is only one connection to reserve. */
function reserveOnce(transaction: TransactionSql, watch: QueryWatch) {
	let isReserved = false;
	return async () => {
		watch.check();
		if (isReserved) refuse('reserve', useDatabaseTest)();
		isReserved = true;
		const release = () => {
			isReserved = false;
		};
		return Object.assign(watch.wrapTag(transaction as QueryFunction), queryMembers(transaction, watch), {
			release,
		});
	};
}

/** The client that `begin` and `savepoint` pass to their function. */
function asTransaction(inner: TransactionSql, watch: QueryWatch): TransactionSql {
	const savepoint = (...args: readonly unknown[]) =>
		inner.savepoint(
			...(args.map((arg) =>
				typeof arg === 'function' ? (deeper: TransactionSql) => arg(asTransaction(deeper, watch)) : arg,
			) as [Use]),
		);
	const members: Record<keyof TransactionSql, unknown> = {
		...queryMembers(inner, watch),
		savepoint,
		prepare: refuse('prepare', useDatabaseTest),
	};
	return Object.assign(watch.wrapTag(inner as QueryFunction), members) as TransactionSql;
}

const scopes = new AsyncLocalStorage<Scope>();
const undo = Symbol('undo');

/** Where `begin` sets its savepoint: in the test's transaction, or in the enclosing `begin`. */
class Scope {
	readonly #transaction: TransactionSql;
	readonly #watch: QueryWatch;
	readonly #outer: Scope | undefined;
	/** Savepoints on one connection run one after another. */
	#queue: Promise<unknown> = Promise.resolve();
	#isOver = false;

	constructor(transaction: TransactionSql, watch: QueryWatch, outer?: Scope) {
		this.#transaction = transaction;
		this.#watch = watch;
		this.#outer = outer;
	}

	/**
	 * The innermost `begin` that encloses the running function and has not ended, within the same test as
	 * `top`.
	 */
	static innermost(top: Scope): Scope {
		let scope = scopes.getStore() ?? top;
		while (scope.#isOver) scope = scope.#outer ?? top;
		return scope.#watch === top.#watch ? scope : top;
	}

	begin(args: readonly unknown[]): Promise<unknown> {
		this.#watch.check();
		const use = args.at(-1) as Use;
		// postgres.js strips other characters in the same way.
		const modes = args.length < 2 ? '' : String(args[0]).replaceAll(/[^a-z ]/gi, '');
		const next = this.#queue.then(() => this.#start(modes, use));
		this.#queue = next.catch(() => {});
		return next;
	}

	async #start(modes: string, use: Use): Promise<unknown> {
		const settable = modes.replace(/^\s*(work|transaction)\b/i, '').trim();
		try {
			if (settable === '') return await this.#savepoint(this.#transaction, use);
			return await this.#savepointWith(settable, use);
		} catch (error) {
			throw this.#watch.explain(error);
		}
	}

	async #savepoint(transaction: TransactionSql, use: Use): Promise<unknown> {
		let scope: Scope | undefined;
		try {
			return await transaction.savepoint((inner) => {
				scope = new Scope(inner, this.#watch, this);
				return scopes.run(scope, () => use(asTransaction(inner, this.#watch)));
			});
		} finally {
			if (scope !== undefined) scope.#isOver = true;
		}
	}

	/** READ ONLY outlasts its savepoint unless that is rolled back, which is safe: nothing was written. */
	async #savepointWith(modes: string, use: Use): Promise<unknown> {
		let result: unknown;
		const outer = this.#transaction.savepoint(async (inner) => {
			await inner.unsafe(`SET TRANSACTION ${modes}`).catch((error: Error) => {
				throw unsupportedModes(modes, error);
			});
			result = await this.#savepoint(inner, use);
			if (/\bread\s+only\b/i.test(modes)) throw undo;
		});
		await outer.catch((error: unknown) => {
			if (error !== undo) throw error;
		});
		return result;
	}
}

function unsupportedModes(modes: string, error: Error & { code?: string }): Error {
	if (error.code !== '25001') return error;
	return testError(
		'not-in-transaction',
		`sql.begin('${modes}') does not work in a transactionTest: ${error.message}`,
		useDatabaseTest,
		{ cause: error },
	);
}
