import type { Pool } from 'pg';
import type { Sql } from 'postgres';
import type { RunnerTestCase } from 'vitest';
import type { Login } from '../connection/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import { type Connect, withConnect, withPool } from './clients.ts';
import type { Clone } from './clone.ts';
import { Clones, type ConnectedClone } from './clones.ts';
import { completeOptions, noOptions, requireOptions } from './options.ts';
import { plain } from './plain-test.ts';
import { SharedValues } from './shared-values.ts';
import { countPendingTests, hasFailed } from './tests.ts';

const clonesInUse = new SharedValues<Clones>();

/** The databases for the tests of a file, both of `databaseTest` and of `transactionTest`. */
export async function useClones(
	postgres: PostgresOptions,
	use: (clones: Clones) => Promise<void>,
): Promise<void> {
	const options = completeOptions(postgres);
	await using shared = await clonesInUse.acquire(JSON.stringify(options), async () => new Clones(options));
	await use(shared.value);
}

/** Throws `mixed-options` if the file's clones have other options. */
export const requireClones = (postgres: PostgresOptions) => requireOptions(postgres, clonesInUse.keys());

export interface DatabaseFixtures {
	/** A postgres.js client, logged in as the app. */
	sql: Sql;
	/** A pool of pg, logged in as the app. */
	pool: Pool;
	/** The login that can only read and write data: the role of production. */
	app: Login;
	/** The login that may change the schema. */
	migrator: Login;
	/** A superuser's login. */
	admin: Login;
	connect: Connect;
}

/**
 * A test on a database of its own, as the migrations left it. Roles and server settings are shared with other tests, so a
 * test that changes them fails.
 */
export const databaseTest: PostgresTest<DatabaseFixtures> = checked(
	plain.extend<{
		$file: { postgres: PostgresOptions; clones: Clones };
		$test: DatabaseFixtures & { connected: ConnectedClone };
	}>({
		postgres: [noOptions, { scope: 'file' }],
		clones: [async ({ postgres }, use) => await useClones(postgres, use), { scope: 'file' }],
		connected: async ({ postgres, clones, task }, use) => {
			requireClones(postgres);
			const connected = await clones.acquire(countPendingTests(task));
			await use(connected);
			await connected.sql.end({ timeout: 0 });
			await end(task, connected.clone, clones);
		},
		sql: async ({ connected }, use) => await use(connected.sql),
		pool: ({ connected }, use) => withPool(connected.clone.app, use),
		app: async ({ connected }, use) => await use(connected.clone.app),
		migrator: async ({ connected }, use) => await use(connected.clone.migrator),
		admin: async ({ connected, clones }, use) => {
			await clones.settled();
			await use(asAdmin(connected));
		},
		connect: async ({ connected, clones }, use) => {
			await clones.settled();
			await withLogins(connected, use);
		},
	}),
);

/** The next test does not wait for a check unless it could find the server changed. */
async function end(task: Readonly<RunnerTestCase>, clone: Clone, clones: Clones): Promise<void> {
	if (hasFailed(task)) await clones.keep(clone, task);
	else if (clone.hasEnded || clone.usedAsAdmin) await clones.check(clone, task);
	else clones.release(clone, task);
}

function asAdmin({ clone }: ConnectedClone): Login {
	clone.usedAsAdmin = true;
	return clone.admin;
}

async function withLogins(
	connected: ConnectedClone,
	use: (connect: Connect) => Promise<void>,
): Promise<void> {
	const { clone } = connected;
	await withConnect(clone, clone.arrays, async (connect) => {
		await use((options = {}) => {
			if (options.as === 'admin') asAdmin(connected);
			return connect(options);
		});
	});
}
