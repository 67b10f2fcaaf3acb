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
	/** The command that asks, for the message to another one that comes meanwhile. */
	readonly command: string;
	/** The command whose running server is joined. */
	readonly owner: string;
}

const retryMilliseconds = 100;
const timeoutMilliseconds = 60_000;

/**
 * The server of a directory: joins the one that `owner` runs there, which is left running, or else starts one. Waits
 * while another command uses the directory, which will stop its server, or while the owner's is starting. Throws what
 * `startServer` throws.
 */
export async function startOrJoin({ owner, ...options }: StartOrJoinOptions): Promise<PostgresServer> {
	const { provider, directory } = options;
	const end = performance.now() + timeoutMilliseconds;
	for (;;) {
		const isOwned = holderOf(directory)?.command === owner;
		const running = isOwned ? await providers[provider].find(directory) : undefined;
		if (running !== undefined) return running;
		try {
			return await startServer(options);
		} catch (error) {
			if (!hasCode(error, 'directory-in-use') || performance.now() > end) throw error;
		}
		await sleep(retryMilliseconds);
	}
}
