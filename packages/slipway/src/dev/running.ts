import type { Connection } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { holderOf, type LockHolder, providers } from '../postgres/index.ts';
import { type OwnProvider, ownProviderNames } from '../provider-names.ts';
import { holders, serverFiles } from './server.ts';

/** The running server of a checkout. */
export interface RunningServer {
	readonly root: string;
	readonly provider: OwnProvider;
	readonly admin: Connection;
	/** The process that runs it. */
	readonly holder: LockHolder;
}

/** The server that `dev` or `up` runs for the checkout in `root`, if any. */
export async function findDevServer(root: string): Promise<RunningServer | undefined> {
	for (const provider of ownProviderNames) {
		const directory = serverFiles(root, provider);
		const holder = holderOf(directory);
		if (holder === undefined || !isHolder(holder.command)) continue;
		const server = await providers[provider].find(directory);
		if (server !== undefined) return { root, provider, admin: server.admin, holder };
	}
	return undefined;
}

const isHolder = (command: string) => Object.values<string>(holders).includes(command);

export function notRunning(root: string): SlipwayError {
	return new SlipwayError(
		'not-running',
		`no dev server is running for ${root}`,
		'Start it in the background with npx slipway up, or with your service with npx slipway dev.',
	);
}
