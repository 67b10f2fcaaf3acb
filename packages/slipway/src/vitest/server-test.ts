import type { Pool } from 'pg';
import type { Sql } from 'postgres';
import type { Login } from '../connection/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { checked, type PostgresTest } from './checked-test.ts';
import { type Connect, withConnect, withPool } from './clients.ts';
import { completeOptions, noOptions, requireOptions } from './options.ts';
import { plain } from './plain-test.ts';
import { SharedServer } from './shared-server.ts';
import { SharedValues } from './shared-values.ts';
import { keepsFileFixtures } from './vitest-version.ts';

const servers = new SharedValues<SharedServer>();
let running = 0;

export interface ServerFixtures {
	/** The options of the test file's server: `test.extend({ postgres: { migrations: 'db' } })`. */
	postgres: PostgresOptions;
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
}

/**
 * A test on the server of its test file. Other test files see nothing of it, including roles and server
 * settings. Later tests of the same file see what earlier ones wrote.
 */
export const test: PostgresTest<ServerFixtures & { connect: Connect }> = checked(
	plain.extend<{
		/** `slipwayServer`, because projects often have a fixture `server` of their own. */
		$file: ServerFixtures & { slipwayServer: SharedServer };
		$test: { connect: Connect; watch: undefined };
	}>({
		postgres: [noOptions, { scope: 'file' }],
		slipwayServer: [
			async ({ postgres }, use) => {
				const options = completeOptions(postgres);
				await using shared = await servers.acquire(JSON.stringify(options), () =>
					SharedServer.start(options),
				);
				await use(shared.value);
			},
			{ scope: 'file' },
		],
		sql: [
			async ({ slipwayServer }, use) => {
				await slipwayServer.arrays();
				await use(slipwayServer.sql);
			},
			{ scope: 'file' },
		],
		pool: [({ slipwayServer }, use) => withPool(slipwayServer.app, use), { scope: 'file' }],
		app: [async ({ slipwayServer }, use) => await use(slipwayServer.app), { scope: 'file' }],
		migrator: [async ({ slipwayServer }, use) => await use(slipwayServer.migrator), { scope: 'file' }],
		admin: [async ({ slipwayServer }, use) => await use(slipwayServer.admin), { scope: 'file' }],
		connect: async ({ slipwayServer }, use) =>
			await withConnect(slipwayServer, await slipwayServer.arrays(), use),
		watch: [
			async ({ task, signal, postgres }, use) => {
				if (keepsFileFixtures) requireOptions(postgres, servers.keys());
				for (const server of servers.inUse()) server.checkBefore(running === 0);
				const from = Date.now();
				running++;
				await use(undefined);
				running--;
				for (const server of servers.inUse())
					await server.checkAfter(task, { from, alone: running === 0, timedOut: signal.aborted });
			},
			{ auto: true },
		],
	}),
);
