import type { Sql } from 'postgres';
import { test as plain } from 'vitest';
import type { Connection } from '../connection/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import { type Connect, withConnect } from './clients.ts';
import { Clones, type ConnectedClone } from './clones.ts';
import { completeOptions, noOptions } from './options.ts';
import { SharedValues } from './shared.ts';
import { fullName, hasFailed, keepForLook, nameWithPlace, testsToCome } from './tests.ts';

const sources = new SharedValues<Clones>();

/** The databases for the tests of a module, whether they take one each or run in a transaction. */
export async function useClones(
	postgres: PostgresOptions,
	use: (clones: Clones) => Promise<void>,
): Promise<void> {
	const options = completeOptions(postgres);
	await using shared = await sources.hold(JSON.stringify(options), async () => new Clones(options));
	await use(shared.value);
}

export interface DatabaseFixtures {
	/** A client of postgres.js, logged in as the app. */
	sql: Sql;
	/** The login with data rights only: the role of production. */
	app: Connection;
	/** The login that may change the schema. */
	migrator: Connection;
	/** A superuser's login. */
	admin: Connection;
	connect: Connect;
}

/**
 * A test on a database of its own, as the migrations left it. Roles and settings of the server are its module's: what
 * a test changes of these as the admin, the tests after it in the same module find.
 */
export const databaseTest: PostgresTest<DatabaseFixtures> = checked(
	plain.extend<{
		$file: { postgres: PostgresOptions; clones: Clones };
		$test: DatabaseFixtures & { clone: ConnectedClone };
	}>({
		postgres: [noOptions, { scope: 'file' }],
		clones: [async ({ postgres }, use) => await useClones(postgres, use), { scope: 'file' }],
		clone: async ({ clones, task }, use) => {
			const clone = await clones.take(testsToCome(task));
			await use(clone);
			await clone.sql.end({ timeout: 0 });
			clone.state?.restore();
			const { server } = clone;
			if (!hasFailed(task) && !server.hasEnded) return clones.retire(clone, nameWithPlace(task));
			if (await server.isLost()) throw await server.lossDuring(fullName(task));
			await keepForLook(clone.server, clone.app);
		},
		sql: async ({ clone }, use) => await use(clone.sql),
		app: async ({ clone }, use) => await use(clone.app),
		migrator: async ({ clone }, use) => await use(clone.migrator),
		admin: async ({ clone }, use) => await use(clone.admin),
		connect: async ({ clone }, use) => await withConnect(clone, use),
	}),
);
