import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../errors.ts';
import type { OwnProvider } from '../provider-names.ts';
import { holderOf } from './directory-lock.ts';
import type { PostgresServer } from './postgres-server.ts';
import { providers } from './registry.ts';
import { type StartServerOptions, startServer } from './start.ts';

export interface StartOrJoinOptions extends StartServerOptions {
	readonly provider: OwnProvider;
	readonly directory: string;
	/** The command that wants the server, for the error of another process that wants to use the directory. */
	readonly command: string;
	/** The commands whose running server is joined. */
	readonly owners: readonly string[];
}

const retryMilliseconds = 100;
const timeoutMilliseconds = 60_000;

/**
 * Joins the server that one of `owners` runs on a directory, and leaves it running, or else starts one. Waits
 * while another command uses the directory, since that stops its server soon, and while the server of an
 * owner is starting. Throws what `startServer` throws.
 */
export async function startOrJoin({ owners, ...options }: StartOrJoinOptions): Promise<PostgresServer> {
	const { provider, directory } = options;
	return await whileInUse(
		async () => (await findOwned(provider, directory, owners)) ?? (await startServer(options)),
	);
}

/** The server that one of `owners` runs on a directory, if it accepts connections. */
export async function findOwned(
	provider: OwnProvider,
	directory: string,
	owners: readonly string[],
): Promise<PostgresServer | undefined> {
	const isOwned = owners.includes(holderOf(directory)?.command ?? '');
	return isOwned ? await providers[provider].find(directory) : undefined;
}

/** Starts a server. Waits while another command uses its directory. Throws what `startServer` throws. */
export async function startWhenUnused(options: StartServerOptions): Promise<PostgresServer> {
	return await whileInUse(() => startServer(options));
}

async function whileInUse(attempt: () => Promise<PostgresServer>): Promise<PostgresServer> {
	for (const end = performance.now() + timeoutMilliseconds; ; await sleep(retryMilliseconds)) {
		try {
			return await attempt();
		} catch (error) {
			if (!hasCode(error, 'directory-in-use') || performance.now() > end) throw error;
		}
	}
}
