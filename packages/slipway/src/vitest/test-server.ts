import { inject } from 'vitest';
import type { Connection } from '../connection/index.ts';
import { acquireServer, type Logins } from '../server-pool/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { asTestError } from './test-error.ts';

/** The server of a test file. */
export interface TestServer extends Logins {
	/** Resolves with the cause when the server exits unexpectedly. */
	readonly ended: Promise<Error>;
	/**
	 * Keeps the server after the test file ends. Resolves with a command that opens `connection`; without the
	 * plugin, which keeps it, with undefined.
	 */
	keep(connection: Connection): Promise<string | undefined>;
	[Symbol.asyncDispose](): PromiseLike<void>;
}

/**
 * Leases a server from the process that runs vitest, where the plugin has one ready. Starts one here without
 * the plugin.
 */
export async function acquireTestServer({ leaks, ...options }: PostgresOptions): Promise<TestServer> {
	const plugin = inject('slipway');
	try {
		return plugin === undefined ? await startHere(options) : await acquireServer(plugin.address, options);
	} catch (error) {
		throw asTestError(error);
	}
}

async function startHere(options: PostgresOptions): Promise<TestServer> {
	// Loaded on demand: with the plugin, bootstrap and migrations run in its process, and workers need not load
	// their packages.
	const { startForTests } = await import('../start-postgres.ts');
	const server = await startForTests(options);
	return { ...server, keep: async () => undefined };
}
