import { existsSync } from 'node:fs';
import type { PostgresServer } from '../provider.ts';
import { clusterIn, readCluster, superuserConnection } from './cluster.ts';
import { startEmbedded } from './embedded.ts';
import { runningPort } from './postmaster.ts';

/**
 * The server of `directory`: the one that another process runs there, which is left running, or else one that is
 * started. Throws what `startEmbedded` throws.
 */
export async function attachEmbedded(directory: string, command: string): Promise<PostgresServer> {
	return findRunning(directory) ?? (await startEmbedded({ directory, command }));
}

/** Whether a server was ever started in `directory`. */
export function hasCluster(directory: string): boolean {
	return existsSync(clusterIn(directory));
}

function findRunning(directory: string): PostgresServer | undefined {
	if (!hasCluster(directory)) return undefined;
	const { data, superuserPassword } = readCluster(directory);
	const port = runningPort(data);
	if (port === undefined) return undefined;
	return {
		admin: superuserConnection(port, superuserPassword),
		ended: new Promise(() => {}),
		[Symbol.asyncDispose]: async () => {},
	};
}
