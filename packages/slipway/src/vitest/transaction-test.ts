import type { Sql } from 'postgres';
import { test as plain } from 'vitest';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import type { Clones } from './clones.ts';
import { useClones } from './database-test.ts';
import { noOptions } from './options.ts';
import { type Slot, Slots } from './slots.ts';
import { fullName, hasFailed, hintAtMissingRights, keepForInspection, nameWithLocation } from './tests.ts';
import { beginTransaction, type TestTransaction } from './transaction.ts';

/**
 * A test in a transaction that is rolled back. `sql.begin` sets savepoints. A deferred constraint that is
 * violated when the test ends fails it. Sequences advance, and `now()` stands still.
 */
export const transactionTest: PostgresTest<{ sql: Sql }> = checked(
	plain.extend<{
		$file: { postgres: PostgresOptions; clones: Clones; slots: Slots };
		$test: { sql: Sql };
	}>({
		postgres: [noOptions, { scope: 'file' }],
		clones: [async ({ postgres }, use) => await useClones(postgres, use), { scope: 'file' }],
		slots: [
			async ({ clones }, use) => {
				await using slots = new Slots(clones);
				await use(slots);
			},
			{ scope: 'file' },
		],
		sql: async ({ slots, task, signal }, use) => {
			const slot = await slots.acquire();
			const transaction = await beginTransaction(slot.client);
			await use(transaction.sql);
			if (hasFailed(task)) {
				await keepFailed(slot, transaction, { test: fullName(task), timedOut: signal.aborted });
				await hintAtMissingRights(task, slot.clone);
			} else await rollBack(slots, slot, transaction, nameWithLocation(task));
		},
	}),
);

async function rollBack(slots: Slots, slot: Slot, transaction: TestTransaction, test: string): Promise<void> {
	const outcome = await transaction.rollBack();
	if (outcome.clean) return slots.release(slot);
	await slots.discard(slot, test);
	throw outcome.error;
}

interface Failure {
	readonly test: string;
	/** The test may still be running. */
	readonly timedOut: boolean;
}

/** Commits what the test wrote and keeps the database. No other test gets the slot again. */
async function keepFailed(
	{ clone, client }: Slot,
	transaction: TestTransaction,
	{ test, timedOut }: Failure,
): Promise<void> {
	if (!timedOut) await transaction.commit();
	await client.end({ timeout: 0 });
	if (!(await clone.server.isAlive())) throw await clone.server.endedDuring(test);
	await keepForInspection(clone.server, clone.app);
}
