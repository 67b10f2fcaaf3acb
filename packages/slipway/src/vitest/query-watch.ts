import type { SlipwayError } from '../errors.ts';
import { testFault } from './faults.ts';

type Make = (...args: readonly unknown[]) => unknown;

/** What postgres.js has in a query beside its types. */
interface Query {
	reject(error: unknown): void;
	cursor(...args: readonly unknown[]): unknown;
}

type Rows = AsyncIterator<unknown>;

/** The queries that a test makes in its transaction: whether another one can be taken, and why one failed. */
export class QueryWatch {
	readonly #refusal: () => SlipwayError | undefined;
	/** What the last statement failed with that had a chance. */
	#failure: Error | undefined;
	/** Cursors that wait for the test to ask for more rows. */
	#waiting = 0;

	constructor(refusal: () => SlipwayError | undefined) {
		this.#refusal = refusal;
	}

	/** Throws when the connection takes no query now. */
	check(): void {
		const refusal = this.#refusal();
		if (refusal !== undefined) throw refusal;
		if (this.#waiting > 0) throw cursorOpen();
	}

	/** A function that makes queries as `make` does. */
	wrap(make: Make): Make {
		return (...args) => {
			this.check();
			const query = make(...args);
			this.#follow(query as Query);
			return query;
		};
	}

	/** The same for a tag of templates, which called otherwise makes a part of a query only. */
	wrapTag(tag: Make): Make {
		const wrapped = this.wrap(tag);
		return (...args) => (isTemplate(args[0]) ? wrapped(...args) : tag(...args));
	}

	/** The same error, with the reason where a transaction of one's own would not have failed. */
	explain(error: unknown): unknown {
		if (!(error instanceof Error) || !('severity' in error)) return error;
		const { code } = error as { code?: string };
		if (code !== abortedCode) this.#failure = error;
		const reason = reasons[code ?? '']?.(this.#failure);
		if (reason !== undefined && !error.message.endsWith(reason)) error.message += `\n${reason}`;
		return error;
	}

	#follow(query: Query): void {
		const { reject } = query;
		query.reject = (error) => reject(this.explain(error));
		const cursor = query.cursor.bind(query);
		query.cursor = (...args) => {
			const opened = cursor(
				...args.map((arg) => (typeof arg === 'function' ? this.#pausing(arg as Make) : arg)),
			);
			return opened === query ? query : this.#iterate(opened as AsyncIterable<unknown>);
		};
	}

	#pausing(use: Make): Make {
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
		`The test runs in one transaction, which an earlier error aborted${failure === undefined ? '' : `: ${failure.message}`}\nRun what is expected to fail within sql.begin(), which sets a savepoint here, or use databaseTest.`,
	'25001': () => 'The test runs in a transaction. Use databaseTest, which has none around a test.',
	'25006': () =>
		"SET TRANSACTION READ ONLY holds until the test ends. Use sql.begin('read only', …), which reverts it, or databaseTest.",
};

const cursorOpen = () =>
	testFault(
		'not-in-transaction',
		'a query was made while a cursor waits for the test to ask for more rows, and both have one connection',
		'Make the query when the cursor has ended, or use databaseTest, whose client has several connections.',
	);
