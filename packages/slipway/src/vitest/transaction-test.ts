import type { Pool } from 'pg';
import type { Sql } from 'postgres';
import { inject, type RunnerTestCase } from 'vitest';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import type { Clones } from './clones.ts';
import { requireClones, useClones } from './database-test.ts';
import { IdleSlots } from './idle-slots.ts';
import { noOptions } from './options.ts';
import { openPoolConnection } from './pg/pool-transaction.ts';
import { plain } from './plain-test.ts';
import type { Open } from './slot.ts';
import { openSqlConnection, type RunningSlot, Slots } from './slots.ts';
import { testError } from './test-error.ts';
import { hasFailed } from './tests.ts';

export interface TransactionFixtures {
	/** A postgres.js client. */
	sql: Sql;
	/** A pool of pg. A test uses it or `sql`. */
	pool: Pool;
}

const idleSql = new IdleSlots<Sql>(openSqlConnection);
const idlePools = new IdleSlots<Pool>(openPoolConnection);

/** The fixture whose transaction the test runs in. */
interface Chosen {
	fixture?: keyof TransactionFixtures;
}

/**
 * A test in a transaction that is rolled back. `sql.begin`, and BEGIN on a client of `pool`, set savepoints. A
 * deferred constraint that is violated when the test ends fails it. Sequences advance, and `now()` stands still.
 */
export const transactionTest: PostgresTest<TransactionFixtures> = checked(
	plain.extend<{
		$file: { postgres: PostgresOptions; clones: Clones; sqlSlots: Slots<Sql>; poolSlots: Slots<Pool> };
		$test: TransactionFixtures & { chosen: Chosen };
	}>({
		postgres: [noOptions, { scope: 'file' }],
		clones: [async ({ postgres }, use) => await useClones(postgres, use), { scope: 'file' }],
		sqlSlots: [({ clones }, use) => useSlots(clones, openSqlConnection, idleSql, use), { scope: 'file' }],
		poolSlots: [({ clones }, use) => useSlots(clones, openPoolConnection, idlePools, use), { scope: 'file' }],
		// biome-ignore lint/correctness/noEmptyPattern: vitest reads fixture names from a destructuring pattern
		chosen: async ({}, use) => await use({}),
		sql: async ({ postgres, chosen, sqlSlots, task, signal }, use) => {
			requireClones(postgres);
			choose(chosen, 'sql');
			await inTransaction(sqlSlots, { task, signal }, use);
		},
		pool: async ({ postgres, chosen, poolSlots, task, signal }, use) => {
			requireClones(postgres);
			choose(chosen, 'pool');
			await inTransaction(poolSlots, { task, signal }, use);
		},
	}),
);

async function useSlots<Client>(
	clones: Clones,
	open: Open<Client>,
	idle: IdleSlots<Client>,
	use: (slots: Slots<Client>) => Promise<void>,
): Promise<void> {
	const { keepsModules = false } = inject('slipway') ?? {};
	await using slots = new Slots(clones, open, keepsModules ? idle : undefined);
	await use(slots);
}

/** A second client would have a transaction of its own, and would wait for locks of the first. */
function choose(chosen: Chosen, fixture: keyof TransactionFixtures): void {
	if (chosen.fixture !== undefined)
		throw testError(
			'not-in-transaction',
			'`sql` and `pool` do not work in the same transactionTest, which has one connection',
			'Use one of them, also in the fixtures and hooks of the test. Or use databaseTest, which has both.',
		);
	chosen.fixture = fixture;
}

interface Running {
	readonly task: Readonly<RunnerTestCase>;
	/** Aborted when the test times out, so that it may still be running. */
	readonly signal: AbortSignal;
}

async function inTransaction<Client>(
	slots: Slots<Client>,
	{ task, signal }: Running,
	use: (client: Client) => Promise<void>,
): Promise<void> {
	const slot = await slots.begin();
	await use(slot.transaction.client);
	if (!hasFailed(task)) return await rollBack(slots, slot, task);
	// What the test wrote can be inspected then.
	if (!signal.aborted) await slot.transaction.commit();
	await slots.keep(slot, task);
}

async function rollBack<Client>(
	slots: Slots<Client>,
	slot: RunningSlot<Client>,
	task: Readonly<RunnerTestCase>,
): Promise<void> {
	const outcome = await slot.transaction.rollBack();
	if (outcome.clean) return await slots.release(slot);
	await slots.discard(slot, task);
	throw outcome.error;
}
