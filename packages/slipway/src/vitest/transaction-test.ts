import type { Sql } from 'postgres';
import { test as plain } from 'vitest';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import type { Clones } from './clones.ts';
import { useClones } from './database-test.ts';
import { noOptions } from './options.ts';
import { type Slot, Slots } from './slots.ts';
import { fullName, hasFailed, keepForLook, nameWithPlace } from './tests.ts';
import { beginTransaction, type TestTransaction } from './transaction.ts';

/**
 * A test in a transaction that is rolled back: `sql.begin` sets savepoints, and violated deferred constraints fail it
 * at its end. Sequences advance, and `now()` stands still.
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
			const slot = await slots.take();
			const transaction = await beginTransaction(slot.client);
			await use(transaction.sql);
			if (hasFailed(task))
				await keepFailed(slot, transaction, { test: fullName(task), stuck: signal.aborted });
			else await rollBack(slots, slot, transaction, nameWithPlace(task));
		},
	}),
);

async function rollBack(slots: Slots, slot: Slot, transaction: TestTransaction, test: string): Promise<void> {
	const finding = await transaction.rollBack();
	if (finding.clean) return slots.giveBack(slot);
	await slots.discard(slot, test);
	throw finding.fault;
}

interface Failure {
	readonly test: string;
	/** The test may still be running, because its time was over. */
	readonly stuck: boolean;
}

/** The slot's database is the test's now, so that what it wrote can be looked at. */
async function keepFailed(
	{ clone, client }: Slot,
	transaction: TestTransaction,
	{ test, stuck }: Failure,
): Promise<void> {
	if (!stuck) await transaction.commit();
	await client.end({ timeout: 0 });
	if (await clone.server.isLost()) throw await clone.server.lossDuring(test);
	await keepForLook(clone.server, clone.app);
}
