import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../errors.ts';
import { claimantOf } from './claim.ts';
import { findContainer } from './container/index.ts';
import { findEmbedded } from './embedded/index.ts';
import type { PostgresServer } from './provider.ts';
import { type OwnProvider, type StartServerOptions, startServer } from './start.ts';

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
const find = { embedded: findEmbedded, container: findContainer };

/**
 * The server of a directory: the one that the lender runs there, which is left running, or else one that is started.
 * While another command has it, which will stop it, or the lender is still starting it, waits. Throws what
 * `startServer` throws.
 */
export async function attachServer({ lender, ...options }: AttachOptions): Promise<PostgresServer> {
	const { provider, directory } = options;
	return await whileInUse(async () => {
		const lent = claimantOf(directory)?.command === lender ? await find[provider](directory) : undefined;
		return lent ?? (await startServer(options));
	});
}

/** Starts a server, and waits first for another command that has its directory. Throws what `startServer` throws. */
export async function startWhenUnused(options: StartServerOptions): Promise<PostgresServer> {
	return await whileInUse(() => startServer(options));
}

async function whileInUse(attempt: () => Promise<PostgresServer>): Promise<PostgresServer> {
	const end = performance.now() + patienceMilliseconds;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			const isInUse = error instanceof SlipwayError && error.code === 'directory-in-use';
			if (!isInUse || performance.now() > end) throw error;
		}
		await sleep(retryMilliseconds);
	}
}
