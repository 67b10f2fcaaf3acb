import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { loadPg } from '../../pg.ts';
import type { Submittable } from './connection.ts';
import type { Session } from './session.ts';

type Callback<T> = (error: Error | null | undefined, result?: T) => void;

/**
 * Returns a class with the members of pg's `Client`, all of whose instances use `session`. A pool makes them:
 * `new pg.Pool({ Client })`, of whichever copy of pg the project has. `real` is the client of the session.
 */
export function sessionClientClass(session: Session, real: pg.Client): new () => pg.Client {
	const { Query, TypeOverrides, escapeIdentifier, escapeLiteral } = loadPg();

	class SessionClient extends EventEmitter {
		readonly user = real.user;
		readonly host = real.host;
		readonly port = real.port;
		readonly database = real.database;
		readonly escapeIdentifier = escapeIdentifier;
		readonly escapeLiteral = escapeLiteral;
		readonly #types: pg.CustomTypesConfig & { setTypeParser(...args: unknown[]): void };
		/** Read by pools, as is `_ending`. */
		_queryable = true;
		_ending = false;

		constructor(config: pg.ClientConfig = {}) {
			super();
			this.#types = new TypeOverrides(config.types) as never;
			real.once('end', this.#lose);
		}

		get processID(): number {
			return (real as unknown as { processID: number }).processID;
		}

		connect(callback?: Callback<this>): Promise<this> | undefined {
			return settle(callback, async () => this);
		}

		query(config: unknown, values?: unknown, callback?: unknown): unknown {
			if (config === null || config === undefined)
				throw new TypeError('Client was passed a null or undefined query');
			const { query, result } = isSubmittable(config)
				? withCallback(config, values, callback)
				: makeQuery(new Query(config as never, values as never, callback as never) as never);
			if (query._result !== undefined) query._result._types ??= this.#types;
			if (!this._queryable || this._ending) process.nextTick(() => query.handleError(closed()));
			else session.submit(this, query);
			return result;
		}

		end(callback?: Callback<void>): Promise<void> | undefined {
			this._ending = true;
			return settle(callback, async () => {
				real.off('end', this.#lose);
				if (this._queryable) await session.leave(this);
				this.emit('end');
			});
		}

		/** `I`: idle, `T`: in a transaction, `E`: in one that has failed. */
		getTransactionStatus(): string | null {
			return session.holder === this ? real.getTransactionStatus() : 'I';
		}

		setTypeParser(...args: unknown[]): void {
			this.#types.setTypeParser(...args);
		}

		getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
			return this.#types.getTypeParser(oid, format as never);
		}

		ref(): void {}

		unref(): void {}

		readonly #lose = () => {
			this._queryable = false;
			// Without a listener, the event would end the process.
			if (this.listenerCount('error') > 0)
				this.emit('error', new Error('Connection terminated unexpectedly'));
			this.emit('end');
		};
	}

	return SessionClient as unknown as new () => pg.Client;
}

const closed = () => new Error('Client was closed and is not queryable');

/** Members of a query that pg sets. */
interface Query extends Submittable {
	callback?: Callback<unknown> | undefined;
	readonly _result?: { _types: unknown };
}

interface Made {
	readonly query: Query;
	/** What `client.query` returns. */
	readonly result: unknown;
}

const isSubmittable = (config: unknown): config is Query =>
	typeof (config as Partial<Submittable>).submit === 'function';

function withCallback(query: Query, ...others: readonly unknown[]): Made {
	const callback = others.find((each) => typeof each === 'function') as Callback<unknown> | undefined;
	if (callback !== undefined) query.callback ??= callback;
	return { query, result: query };
}

function makeQuery(query: Query): Made {
	if (query.callback) return { query, result: undefined };
	const result = new Promise((resolve, reject) => {
		query.callback = (error, value) => (error ? reject(error) : resolve(value));
	}).catch((error: Error) => {
		// The stack of the caller, as in pg, instead of that of the socket.
		Error.captureStackTrace(error);
		throw error;
	});
	return { query, result };
}

/** Calls `callback`, or returns a promise without one. */
function settle<T>(callback: Callback<T> | undefined, run: () => Promise<T>): Promise<T> | undefined {
	if (callback === undefined) return run();
	run().then(
		(value) => process.nextTick(callback, undefined, value),
		(error) => process.nextTick(callback, error),
	);
	return undefined;
}
