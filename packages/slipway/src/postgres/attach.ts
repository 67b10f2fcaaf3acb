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
	/** The commands that run a server there for longer and lend it. */
	readonly lenders: readonly string[];
}

const retryMilliseconds = 100;
const patienceMilliseconds = 60_000;
const find = { embedded: findEmbedded, container: findContainer };

/** The server of `directory` when it runs and takes connections. */
export function findServer(provider: OwnProvider, directory: string): Promise<PostgresServer | undefined> {
	return find[provider](directory);
}

/**
 * The server of a directory: the one that the lender runs there, which is left running, or else one that is started.
 * While another command has it, which will stop it, or the lender is still starting it, waits. Throws what
 * `startServer` throws.
 */
export async function attachServer({ lenders, ...options }: AttachOptions): Promise<PostgresServer> {
	const { provider, directory } = options;
	return await whileInUse(async () => {
		return (await findLent(provider, directory, lenders)) ?? (await startServer(options));
	});
}

/** The server of `directory` that one of `lenders` runs, when it takes connections. */
export async function findLent(
	provider: OwnProvider,
	directory: string,
	lenders: readonly string[],
): Promise<PostgresServer | undefined> {
	const isLent = lenders.includes(claimantOf(directory)?.command ?? '');
	return isLent ? await findServer(provider, directory) : undefined;
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
