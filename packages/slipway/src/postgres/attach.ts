import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../errors.ts';
import type { OwnProvider } from '../provider-names.ts';
import { claimantOf } from './claim.ts';
import type { PostgresServer } from './postgres-server.ts';
import { providers } from './registry.ts';
import { type StartServerOptions, startServer } from './start.ts';

export interface AttachOptions extends StartServerOptions {
	readonly provider: OwnProvider;
	readonly directory: string;
	/** Who asks, for the message to whoever comes meanwhile. */
	readonly command: string;
	/** Who runs a server there for longer and lends it. */
	readonly lender: string;
}

const retryMilliseconds = 100;
const patienceMilliseconds = 60_000;

/**
 * The server of a directory: the one that the lender runs there, which is left running, or else one that is started.
 * While another command has it, which will stop it, or the lender is still starting it, waits. Throws what
 * `startServer` throws.
 */
export async function attachServer({ lender, ...options }: AttachOptions): Promise<PostgresServer> {
	const { provider, directory } = options;
	const end = performance.now() + patienceMilliseconds;
	for (;;) {
		const lent =
			claimantOf(directory)?.command === lender ? await providers[provider].find(directory) : undefined;
		if (lent !== undefined) return lent;
		try {
			return await startServer(options);
		} catch (error) {
			if (!hasCode(error, 'directory-in-use') || performance.now() > end) throw error;
		}
		await sleep(retryMilliseconds);
	}
}
