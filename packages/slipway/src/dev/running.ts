import type { Connection } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { type Claimant, claimantOf, findServer, type OwnProvider } from '../postgres/index.ts';
import { holders, serverFiles } from './server.ts';

/** The server of a checkout that runs. */
export interface RunningServer {
	readonly root: string;
	readonly provider: OwnProvider;
	readonly admin: Connection;
	/** Who runs it. */
	readonly holder: Claimant;
}

/** The server that `dev` or `up` runs for the checkout in `root`. */
export async function findDevServer(root: string): Promise<RunningServer | undefined> {
	for (const provider of ['embedded', 'container'] as const) {
		const directory = serverFiles(root, provider);
		const holder = claimantOf(directory);
		if (holder === undefined || !isHolder(holder.command)) continue;
		const server = await findServer(provider, directory);
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
