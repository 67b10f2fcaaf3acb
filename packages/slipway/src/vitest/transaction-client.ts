import { AsyncLocalStorage } from 'node:async_hooks';
import type { Sql, TransactionSql } from 'postgres';
import type { SlipwayError } from '../errors.ts';
import { testFault } from './faults.ts';
import { QueryWatch } from './query-watch.ts';

type Query = (...args: readonly unknown[]) => unknown;
type Use = (sql: TransactionSql) => unknown;

/**
 * A client whose only connection is in `transaction`. It has every member of a client of postgres.js: each works as far
 * as a transaction can, and otherwise throws an error that names the level to use. `refusal` says why no queries are
 * taken any more.
 */
export function asClient(
	transaction: TransactionSql,
	client: Sql,
	refusal: () => SlipwayError | undefined,
): Sql {
	const watch = new QueryWatch(refusal);
	const top = new Scope(transaction, watch);
	const { CLOSE, END, PostgresError, options, parameters } = client;
	// A member that postgres.js adds does not compile until it is here. Its types leave `close` out.
	const members: Record<keyof Sql | 'close', unknown> = {
		...queryMembers(transaction, watch),
		...{ CLOSE, END, PostgresError, options, parameters },
		begin: (...args: readonly unknown[]) => Scope.innermost(top).begin(args),
		reserve: reserveOnce(transaction, watch),
		listen: refuse('listen', databaseLevel),
		subscribe: refuse('subscribe', replicationLevel),
		largeObject: refuse('largeObject', databaseLevel),
		end: refuse('end', databaseLevel),
		close: refuse('close', databaseLevel),
	};
	return Object.assign(watch.wrapTag(transaction as Query), refuseUnknown(client, members), members) as Sql;
}

/** A member of a later version of postgres.js. */
function refuseUnknown(client: Sql, members: object): object {
	const unknown = Object.entries(client).filter(([name]) => !(name in members));
	return Object.fromEntries(
		unknown.map(([name, value]) => [name, typeof value === 'function' ? refuse(name, databaseLevel) : value]),
	);
}

const databaseLevel = 'Use databaseTest, which gives a test a database of its own.';
const replicationLevel =
	"Use the level `test` with postgres: { settings: { wal_level: 'logical', max_wal_senders: '4' } } and its connect({ as: 'admin' }).";

const refuse = (name: string, level: string) => () => {
	throw testFault(
		'not-in-transaction',
		`sql.${name}() cannot be used in a test whose transaction is rolled back`,
		level,
	);
};

/** What a client and its transactions have in common. */
function queryMembers(sql: TransactionSql, watch: QueryWatch) {
	const { array, json, typed, types } = sql;
	return {
		...{ array, json, typed, types },
		unsafe: watch.wrap(sql.unsafe as Query),
		file: watch.wrap(sql.file as Query),
		// The library's own takes another connection. This one is delivered at a commit, which never comes.
		notify: async (channel: string, payload: string) =>
			await watch.wrapTag(sql as unknown as Query)`SELECT pg_notify(${channel}, ${`${payload}`})`,
	};
}

/** There is one connection, so that two cannot be reserved at a time. */
function reserveOnce(transaction: TransactionSql, watch: QueryWatch) {
	let isReserved = false;
	return async () => {
		watch.check();
		if (isReserved) refuse('reserve', databaseLevel)();
		isReserved = true;
		const release = () => {
			isReserved = false;
		};
		return Object.assign(watch.wrapTag(transaction as Query), queryMembers(transaction, watch), { release });
	};
}

/** What `begin` passes on. */
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
		prepare: refuse('prepare', databaseLevel),
	};
	return Object.assign(watch.wrapTag(inner as Query), members) as TransactionSql;
}

const scopes = new AsyncLocalStorage<Scope>();
const undone = Symbol('undone');

/** Where `begin` sets its savepoint: in the transaction of the test, or in a `begin` whose function calls it. */
class Scope {
	readonly #transaction: TransactionSql;
	readonly #watch: QueryWatch;
	readonly #outer: Scope | undefined;
	/** One connection takes one savepoint after the other. */
	#turn: Promise<unknown> = Promise.resolve();
	#isOver = false;

	constructor(transaction: TransactionSql, watch: QueryWatch, outer?: Scope) {
		this.#transaction = transaction;
		this.#watch = watch;
		this.#outer = outer;
	}

	/** The one of the running function that still goes on, of the same test as `top`. */
	static innermost(top: Scope): Scope {
		let scope = scopes.getStore() ?? top;
		while (scope.#isOver) scope = scope.#outer ?? top;
		return scope.#watch === top.#watch ? scope : top;
	}

	begin(args: readonly unknown[]): Promise<unknown> {
		this.#watch.check();
		const use = args.at(-1) as Use;
		// What is left of them is what postgres.js sends.
		const modes = args.length < 2 ? '' : String(args[0]).replaceAll(/[^a-z ]/gi, '');
		const next = this.#turn.then(() => this.#start(modes, use));
		this.#turn = next.catch(() => {});
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

	/** READ ONLY would outlast the savepoint, unless that is rolled back; nothing was written then. */
	async #savepointWith(modes: string, use: Use): Promise<unknown> {
		let result: unknown;
		const outer = this.#transaction.savepoint(async (inner) => {
			await inner.unsafe(`SET TRANSACTION ${modes}`).catch((error: Error) => {
				throw refusedModes(modes, error);
			});
			result = await this.#savepoint(inner, use);
			if (/\bread\s+only\b/i.test(modes)) throw undone;
		});
		await outer.catch((error: unknown) => {
			if (error !== undone) throw error;
		});
		return result;
	}
}

function refusedModes(modes: string, error: Error & { code?: string }): Error {
	if (error.code !== '25001') return error;
	return testFault(
		'not-in-transaction',
		`sql.begin('${modes}') cannot be used in a test whose transaction has begun: ${error.message}`,
		databaseLevel,
		{ cause: error },
	);
}
