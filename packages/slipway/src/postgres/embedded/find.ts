import { existsSync } from 'node:fs';
import { explainFileError } from '../file-errors.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { unmanaged } from '../postgres-server.ts';
import { readCluster, superuserConnection } from './cluster.ts';
import { clusterIn } from './cluster-folder.ts';
import { runningPort } from './postmaster.ts';

/** The server that another process runs on `directory`; undefined if it does not accept connections yet. */
export async function findEmbedded(directory: string): Promise<PostgresServer | undefined> {
	try {
		if (!existsSync(clusterIn(directory))) return undefined;
		const { data, superuserPassword } = readCluster(directory);
		const port = runningPort(data);
		return port === undefined ? undefined : unmanaged(superuserConnection(port, superuserPassword));
	} catch (error) {
		throw explainFileError(error, directory);
	}
}
