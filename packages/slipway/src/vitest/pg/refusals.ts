import { testError } from '../test-error.ts';

/** In milliseconds: how long a client waits for another one's transaction in which nothing happens. */
export const idleTimeout = 2_000;

export const useDatabaseTest = 'Use databaseTest, where each test has its own database.';

export const refused = (what: string, cause?: Error) =>
	testError('not-in-transaction', `${what} does not work in a transactionTest`, useDatabaseTest, { cause });

/** PostgreSQL's own error, which it would not raise within the test's transaction. */
export const noTransaction = (statement: string) =>
	Object.assign(
		new Error(`${statement.split(/\s/, 1)[0]?.toUpperCase()} can only be used in transaction blocks`),
		{
			code: '25P01',
			severity: 'ERROR',
		},
	);

export const transactionIdle = () =>
	testError(
		'transaction-idle',
		`a query waited ${idleTimeout / 1000} s for the transaction of another client of \`pool\`, in which nothing happened; in a transactionTest, all clients share one connection`,
		'Run the query on the client of that transaction, or after its end. Or use databaseTest, where each client has its own connection.',
	);

export const transactionOpen = () =>
	testError(
		'transaction-open',
		'the test ended while a transaction that it began on a client of `pool` was open',
		'Await its COMMIT or ROLLBACK before the test ends.',
	);
