import { setTimeout as sleep } from 'node:timers/promises';
import type { SlipwayError } from '../errors.ts';
import { testError } from './test-error.ts';

/** How the rollback at the end of a test went. */
export type RollbackOutcome =
	/** Nothing of the test is left in the database or on the connection. */
	| { readonly clean: true }
	/** The database may have changed, or the connection is unusable. */
	| { readonly clean: false; readonly error: unknown };

/** The transaction that a test runs in. */
export interface TestTransaction<Client> {
	/** Works like any client, except that its transactions are savepoints. */
	readonly client: Client;
	/** Checks the deferred constraints and rolls back. */
	rollBack(): Promise<RollbackOutcome>;
	/** Commits, if PostgreSQL lets it, so that the data can be inspected. */
	commit(): Promise<void>;
}

/** In milliseconds: how long to wait for statements that the test did not await. */
const settleTimeout = 5_000;

export async function whenTimedOut(): Promise<RollbackOutcome> {
	await sleep(settleTimeout, undefined, { ref: false });
	return {
		clean: false,
		error: testError(
			'statement-running',
			`a statement was still running ${settleTimeout / 1000} s after its test ended`,
			'Await each statement before the test ends.',
		),
	};
}

/** The connection may already belong to the next test. */
export const testHasEnded = () =>
	testError(
		'test-has-ended',
		'a test that has already ended ran a query',
		'Await everything that the test starts before it ends.',
	);

/** `error` is that of SET CONSTRAINTS ALL IMMEDIATE. Undefined if the transaction had failed before. */
export function constraintViolated(error: unknown): SlipwayError | undefined {
	const { code, message } = error as { code?: string; message: string };
	if (!code?.startsWith('23')) return undefined;
	return testError(
		'deferred-constraint',
		`the test ends with a deferred constraint violated, so COMMIT would have failed: ${message}`,
		'Satisfy the constraint before the test ends.',
		{ cause: error },
	);
}

export function transactionEnded(cause: unknown, hint: string): SlipwayError {
	return testError(
		'transaction-ended',
		`the test ended its own transaction or lost its connection: ${(cause as Error).message}`,
		hint,
		{ cause },
	);
}
