import type { Sql } from 'postgres';
import { test as plain } from 'vitest';
import type { Login } from '../connection/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import { type Connect, withConnect } from './clients.ts';
import { Instance } from './instance.ts';
import { completeOptions, noOptions } from './options.ts';
import { SharedValues } from './shared.ts';

const instances = new SharedValues<Instance>();
let running = 0;

export interface InstanceFixtures {
	/** What the module asks of its server: `test.extend({ postgres: { migrations: 'db' } })`. */
	postgres: PostgresOptions;
	/** A client of postgres.js, logged in as the app. */
	sql: Sql;
	/** The login with data rights only: the role of production. */
	app: Login;
	/** The login that may change the schema. */
	migrator: Login;
	/** A superuser's login. */
	admin: Login;
}

/**
 * A test on a server that its module has for itself: nothing that one module does, roles and settings of the server
 * included, is seen in another. The tests of a module see what those before them wrote.
 */
export const test: PostgresTest<InstanceFixtures & { connect: Connect }> = checked(
	plain.extend<{
		$file: InstanceFixtures & { instance: Instance };
		$test: { connect: Connect; watch: undefined };
	}>({
		postgres: [noOptions, { scope: 'file' }],
		instance: [
			async ({ postgres }, use) => {
				const options = completeOptions(postgres);
				await using shared = await instances.hold(JSON.stringify(options), () => Instance.start(options));
				await use(shared.value);
			},
			{ scope: 'file' },
		],
		sql: [
			async ({ instance }, use) => {
				await instance.arrays();
				await use(instance.sql);
			},
			{ scope: 'file' },
		],
		app: [async ({ instance }, use) => await use(instance.app), { scope: 'file' }],
		migrator: [async ({ instance }, use) => await use(instance.migrator), { scope: 'file' }],
		admin: [async ({ instance }, use) => await use(instance.admin), { scope: 'file' }],
		connect: async ({ instance }, use) => await withConnect(instance, await instance.arrays(), use),
		watch: [
			async ({ task, signal }, use) => {
				for (const instance of instances.held()) instance.checkBefore(running === 0);
				const from = Date.now();
				running++;
				await use(undefined);
				running--;
				for (const instance of instances.held())
					await instance.checkAfter(task, { from, alone: running === 0, overdue: signal.aborted });
			},
			{ auto: true },
		],
	}),
);
