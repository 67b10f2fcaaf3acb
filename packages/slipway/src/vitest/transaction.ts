import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, TransactionSql } from 'postgres';
import { transact } from '../connection/index.ts';
import type { SlipwayError } from '../errors.ts';
import { testFault } from './faults.ts';
import { asClient } from './transaction-client.ts';

/** How the transaction of a test was found at the test's end. */
export type Finding =
	/** Rolled back, and nothing of it is left on the connection. */
	| { readonly clean: true }
	/** The database may have been changed, or the connection is of no use any more. */
	| { readonly clean: false; readonly fault: unknown };

/** The transaction that a test runs in. */
export interface TestTransaction {
	/** Works like any client of postgres.js; `begin` sets a savepoint. */
	readonly sql: Sql;
	/** Checks the deferred constraints and rolls back. */
	rollBack(): Promise<Finding>;
	/** Commits what there is, as far as PostgreSQL lets it, for a look at it. */
	commit(): Promise<void>;
}

/** Longer than a statement should still run that a test has not waited for, in milliseconds. */
const settleLimit = 5_000;

/**
 * Begins a transaction on a client of one connection. A savepoint with a name that nobody can guess tells at the end
 * whether it is still the same transaction: COMMIT and ROLLBACK, a new BEGIN after them and a new connection all lose it.
 */
export async function beginTransaction(client: Sql): Promise<TestTransaction> {
	const mark = `slipway_${randomBytes(8).toString('hex')}`;
	const begun = Promise.withResolvers<TransactionSql>();
	const end = Promise.withResolvers<void>();
	const ended = transact(client, async (transaction) => {
		await transaction.unsafe(`SAVEPOINT ${mark}`);
		begun.resolve(transaction);
		await end.promise;
	});
	const over = ended.then(
		() => undefined,
		(error: unknown) => (error === rolledBack ? undefined : error),
	);
	void over.then((error) => begun.reject(error));
	const transaction = await begun.promise;
	const gate: Gate = { refusal: undefined };
	void over.then(() => {
		gate.refusal ??= connectionLost;
	});
	return {
		sql: asClient(transaction, client, () => gate.refusal?.()),
		async commit() {
			gate.refusal = testHasEnded;
			end.resolve();
			await over;
		},
		async rollBack() {
			gate.refusal = testHasEnded;
			const finding = await Promise.race([settle(transaction, mark), whenLost(over), overdue()]);
			end.reject(rolledBack);
			if (finding.clean) await over;
			return finding;
		},
	};
}

/** Why no more queries are taken. */
interface Gate {
	refusal: (() => SlipwayError) | undefined;
}

/** The connection belongs to the next test then. */
const testHasEnded = () =>
	testFault(
		'test-has-ended',
		'a query was made by a test that has ended',
		'Wait for everything that the test starts (await) before it ends.',
	);

/** postgres.js would never answer. */
const connectionLost = () =>
	testFault(
		'connection-lost',
		"the connection of the test's transaction is closed",
		'See what closed it: the test itself, or the end of the server.',
	);

const rolledBack = Symbol('rolled back');

async function settle(transaction: TransactionSql, mark: string): Promise<Finding> {
	const broken = await violatedConstraint(transaction);
	try {
		// Neither session locks nor what currval() remembers nor statements of PREPARE end with a transaction.
		const results = (await transaction.unsafe(`ROLLBACK TO SAVEPOINT ${mark};
			SELECT pg_advisory_unlock_all();
			DISCARD SEQUENCES;
			SELECT format('DEALLOCATE %I', name) AS deallocate FROM pg_prepared_statements WHERE from_sql`)) as unknown as {
			deallocate: string;
		}[][];
		for (const { deallocate } of results.at(-1) ?? []) await transaction.unsafe(deallocate);
	} catch (error) {
		return { clean: false, fault: escaped(error) };
	}
	return broken === undefined ? { clean: true } : { clean: false, fault: broken };
}

/** What a COMMIT would have refused; nothing when the transaction has failed already. */
async function violatedConstraint(transaction: TransactionSql): Promise<SlipwayError | undefined> {
	try {
		await transaction.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
		return undefined;
	} catch (error) {
		const { code, message } = error as { code?: string; message: string };
		if (!code?.startsWith('23')) return undefined;
		return testFault(
			'deferred-constraint',
			`the test leaves a deferred constraint violated, and COMMIT would have failed: ${message}`,
			'Put in what the constraint asks for before the test ends.',
			{ cause: error },
		);
	}
}

function escaped(cause: unknown): SlipwayError {
	return testFault(
		'transaction-ended',
		`the test ended the transaction that it runs in, or lost its connection: ${(cause as Error).message}`,
		'Use sql.begin(), which sets a savepoint here, in place of BEGIN, COMMIT and ROLLBACK; or take databaseTest, which gives a test a database of its own.',
		{ cause },
	);
}

async function whenLost(over: Promise<unknown>): Promise<Finding> {
	return { clean: false, fault: escaped(await over) };
}

async function overdue(): Promise<Finding> {
	await sleep(settleLimit, undefined, { ref: false });
	return {
		clean: false,
		fault: testFault(
			'statement-running',
			`a statement of the test still runs ${settleLimit / 1000} s after the test has ended`,
			'Wait for each statement (await) before the test ends.',
		),
	};
}
