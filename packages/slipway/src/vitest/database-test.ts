import type { Pool } from 'pg';
import type { Sql } from 'postgres';
import type { Login } from '../connection/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import { type Connect, withConnect, withPool } from './clients.ts';
import { Clones, type ConnectedClone } from './clones.ts';
import { completeOptions, noOptions, requireOptions } from './options.ts';
import { plain } from './plain-test.ts';
import { SharedValues } from './shared-values.ts';
import {
	countPendingTests,
	fullName,
	hasFailed,
	hintAtMissingRights,
	keepForInspection,
	nameWithLocation,
} from './tests.ts';

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
 * A test on a database of its own, as the migrations left it. Roles and server settings belong to the test
 * file: what a test changes there as the admin stays for later tests of the same file.
 */
export const databaseTest: PostgresTest<DatabaseFixtures> = checked(
	plain.extend<{
		$file: { postgres: PostgresOptions; clones: Clones };
		$test: DatabaseFixtures & { clone: ConnectedClone };
	}>({
		postgres: [noOptions, { scope: 'file' }],
		clones: [async ({ postgres }, use) => await useClones(postgres, use), { scope: 'file' }],
		clone: async ({ postgres, clones, task }, use) => {
			requireClones(postgres);
			const clone = await clones.acquire(countPendingTests(task));
			await use(clone);
			await clone.sql.end({ timeout: 0 });
			const { server } = clone;
			if (!hasFailed(task) && !server.hasEnded) return clones.release(clone, nameWithLocation(task));
			if (!(await server.isAlive())) throw await server.endedDuring(fullName(task));
			await hintAtMissingRights(task, clone);
			await keepForInspection(server, clone.app);
		},
		sql: async ({ clone }, use) => await use(clone.sql),
		pool: ({ clone }, use) => withPool(clone.app, use),
		app: async ({ clone }, use) => await use(clone.app),
		migrator: async ({ clone }, use) => await use(clone.migrator),
		admin: async ({ clone }, use) => await use(clone.admin),
		connect: async ({ clone }, use) => await withConnect(clone, clone.server.arrays, use),
	}),
);
