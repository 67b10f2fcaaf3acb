import { inject } from 'vitest';
import type { Connection } from '../connection/index.ts';
import { borrowServer, type Logins } from '../standby/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { asTestFault } from './faults.ts';

/** The server of a test module. */
export interface ModuleServer extends Logins {
	/** Resolves with the cause when the server ends by itself. */
	readonly ended: Promise<Error>;
	/** Has the server outlive the module, with the plugin; resolves with a command line that opens `connection`. */
	keep(connection: Connection): Promise<string | undefined>;
	[Symbol.asyncDispose](): PromiseLike<void>;
}

/** From the process that runs vitest, where the plugin has one ready; started here without the plugin. */
export async function acquireServer(options: PostgresOptions): Promise<ModuleServer> {
	const standby = inject('slipway');
	try {
		return standby === undefined ? await startHere(options) : await borrowServer(standby.address, options);
	} catch (error) {
		throw asTestFault(error);
	}
}

async function startHere(options: PostgresOptions): Promise<ModuleServer> {
	// Bootstrap and migrations bring packages that every worker would load, though the plugin's process runs them.
	const { startPostgres } = await import('../start-postgres.ts');
	const server = await startPostgres(options);
	return { ...server, keep: async () => undefined };
}
