import { randomBytes } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import { transact } from '../connection/index.ts';
import type { SlipwayError } from '../errors.ts';
import { testError } from './test-error.ts';
import { transactionClient } from './transaction-client.ts';
import {
	constraintViolated,
	type RollbackOutcome,
	type TestTransaction,
	testHasEnded,
	transactionEnded,
	whenTimedOut,
} from './transaction-end.ts';

/**
 * Begins a transaction on a client with one connection. A savepoint with an unguessable name shows at the end
 * whether it is still the same transaction: COMMIT, ROLLBACK, a later BEGIN and a new connection all lose it.
 */
export async function beginTransaction(client: Sql): Promise<TestTransaction<Sql>> {
	const mark = `slipway_${randomBytes(8).toString('hex')}`;
	const begun = Promise.withResolvers<TransactionSql>();
	const end = Promise.withResolvers<void>();
	const ended = transact(client, async (transaction) => {
		// Nobody waits for the answer: without a savepoint, the rollback fails.
		transaction.unsafe(`SAVEPOINT ${mark}`).catch(() => {});
		begun.resolve(transaction);
		await end.promise;
	});
	const over = ended.then(
		() => undefined,
		(error: unknown) => (error === rolledBack ? undefined : error),
	);
	void over.then((error) => begun.reject(error));
	const transaction = await begun.promise;
	const gate: Gate = { closedBy: undefined };
	void over.then(() => {
		gate.closedBy ??= connectionLost;
	});
	return {
		client: transactionClient(transaction, client, () => gate.closedBy?.()),
		async commit() {
			gate.closedBy = testHasEnded;
			end.resolve();
			await over;
		},
		async rollBack() {
			gate.closedBy = testHasEnded;
			const outcome = await Promise.race([settle(transaction, mark), whenLost(over), whenTimedOut()]);
			end.reject(rolledBack);
			if (outcome.clean) await over;
			return outcome;
		},
	};
}

/** Set when the transaction accepts no more queries. */
interface Gate {
	closedBy: (() => SlipwayError) | undefined;
}

/** Without this, the query would never settle. */
const connectionLost = () =>
	testError(
		'connection-lost',
		"the connection of the test's transaction is closed",
		'Check whether the test closed it, or the server ended.',
	);

const rolledBack = Symbol('rolled back');

async function settle(transaction: TransactionSql, mark: string): Promise<RollbackOutcome> {
	try {
		// In one message, because this runs after every test.
		await undo(transaction, `SET CONSTRAINTS ALL IMMEDIATE; ${undoing(mark)}`);
		return { clean: true };
	} catch (error) {
		return await settleFailed(transaction, { mark, violation: constraintViolated(error) });
	}
}

/** `violation`: the error that COMMIT would have failed with; none if the transaction had failed, or had ended. */
async function settleFailed(
	transaction: TransactionSql,
	{ mark, violation }: { readonly mark: string; readonly violation: SlipwayError | undefined },
): Promise<RollbackOutcome> {
	try {
		await undo(transaction, undoing(mark));
		return violation === undefined ? { clean: true } : { clean: false, error: violation };
	} catch (error) {
		return { clean: false, error: endedBy(error) };
	}
}

/** Session locks, the values of currval() and prepared statements outlive a transaction. */
const undoing = (mark: string) => `ROLLBACK TO SAVEPOINT ${mark};
	SELECT pg_advisory_unlock_all();
	DISCARD SEQUENCES;
	SELECT format('DEALLOCATE %I', name) AS deallocate FROM pg_prepared_statements WHERE from_sql`;

async function undo(transaction: TransactionSql, statements: string): Promise<void> {
	const results = (await transaction.unsafe(statements)) as unknown as { deallocate: string }[][];
	for (const { deallocate } of results.at(-1) ?? []) await transaction.unsafe(deallocate);
}

const endedBy = (cause: unknown) =>
	transactionEnded(
		cause,
		'Replace BEGIN, COMMIT and ROLLBACK with sql.begin(), which sets a savepoint here, or use databaseTest, where each test has its own database.',
	);

async function whenLost(over: Promise<unknown>): Promise<RollbackOutcome> {
	return { clean: false, error: endedBy(await over) };
}
