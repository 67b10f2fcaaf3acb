import type { SlipwayError } from '../errors.ts';
import { testError } from './test-error.ts';

export type QueryFunction = (...args: readonly unknown[]) => unknown;

/** Members of a postgres.js query that its types omit. */
interface QueryInternals {
	reject(error: unknown): void;
	cursor(...args: readonly unknown[]): unknown;
}

type Rows = AsyncIterator<unknown>;

/** Watches the queries of a test's transaction: whether it accepts another one, and why one failed. */
export class QueryWatch {
	readonly #refusal: () => SlipwayError | undefined;
	/** The last error that was not caused by the transaction being aborted. */
	#failure: Error | undefined;
	/** The number of cursors whose next rows the test has yet to read. */
	#waiting = 0;

	constructor(refusal: () => SlipwayError | undefined) {
		this.#refusal = refusal;
	}

	/** Throws if the connection does not accept a query now. */
	check(): void {
		const refusal = this.#refusal();
		if (refusal !== undefined) throw refusal;
		if (this.#waiting > 0) throw cursorOpen();
	}

	/** Watches the queries that `make` returns. */
	wrap(make: QueryFunction): QueryFunction {
		return (...args) => {
			this.check();
			const query = make(...args);
			this.#follow(query as QueryInternals);
			return query;
		};
	}

	/** The same for a template tag, which also serves as a plain function that makes part of a query. */
	wrapTag(tag: QueryFunction): QueryFunction {
		const wrapped = this.wrap(tag);
		return (...args) => (isTemplate(args[0]) ? wrapped(...args) : tag(...args));
	}

	/** The same error, with an explanation if it comes from running in the test's transaction. */
	explain(error: unknown): unknown {
		if (!(error instanceof Error) || !('severity' in error)) return error;
		const { code } = error as { code?: string };
		if (code !== abortedCode) this.#failure = error;
		const reason = reasons[code ?? '']?.(this.#failure);
		if (reason !== undefined && !error.message.endsWith(reason)) error.message += `\n${reason}`;
		return error;
	}

	#follow(query: QueryInternals): void {
		const { reject } = query;
		query.reject = (error) => reject(this.explain(error));
		const cursor = query.cursor.bind(query);
		query.cursor = (...args) => {
			const opened = cursor(
				...args.map((arg) => (typeof arg === 'function' ? this.#pausing(arg as QueryFunction) : arg)),
			);
			return opened === query ? query : this.#iterate(opened as AsyncIterable<unknown>);
		};
	}

	#pausing(use: QueryFunction): QueryFunction {
		return async (...args) => {
			this.#waiting++;
			try {
				return await use(...args);
			} finally {
				this.#waiting--;
			}
		};
	}

	#iterate(opened: AsyncIterable<unknown>): AsyncIterable<unknown> {
		return {
			[Symbol.asyncIterator]: () => {
				const rows: Rows = opened[Symbol.asyncIterator]();
				let waits = false;
				const setWaiting = (now: boolean) => {
					this.#waiting += Number(now) - Number(waits);
					waits = now;
				};
				return {
					next: async () => {
						setWaiting(false);
						try {
							const next = await rows.next();
							setWaiting(!next.done);
							return next;
						} catch (error) {
							throw this.explain(error);
						}
					},
					return: async () => {
						setWaiting(false);
						return (await rows.return?.()) ?? { done: true, value: undefined };
					},
				};
			},
		};
	}
}

const isTemplate = (value: unknown) => Array.isArray((value as { raw?: unknown } | undefined)?.raw);

const abortedCode = '25P02';

/** By SQLSTATE. */
const reasons: Readonly<Record<string, (failure: Error | undefined) => string>> = {
	[abortedCode]: (failure) =>
		`An earlier error aborted the transaction that the test runs in${failure === undefined ? '' : `: ${failure.message}`}\nWrap statements that are expected to fail in sql.begin(), which sets a savepoint here, or use databaseTest.`,
	'25001': () => 'The test runs in a transaction. Use databaseTest, which runs tests outside of one.',
	'25006': () =>
		"SET TRANSACTION READ ONLY lasts until the test ends. Use sql.begin('read only', …), which reverts it, or databaseTest.",
};

const cursorOpen = () =>
	testError(
		'not-in-transaction',
		'a query was made while a cursor waits for its next rows to be read, and both share one connection',
		'Run the query after the cursor ends, or use databaseTest, whose client has several connections.',
	);
