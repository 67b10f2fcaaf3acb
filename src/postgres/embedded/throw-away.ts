import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeDeadFolders } from '../dead-folders.ts';
import { clusterIn } from './cluster-folder.ts';
import { endOrphan } from './postmaster.ts';
import { temporaryFolder } from './temporary-folder.ts';

const prefix = 'slipway-server-';

/** Makes the folder of a throw-away server, and removes those that killed processes left. */
export async function makeThrowAway(): Promise<string> {
	const parent = temporaryFolder();
	await removeThrowAways(parent);
	return mkdtempSync(join(parent, prefix));
}

export function removalOf(folder: string): Disposable {
	return { [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * Ends and removes the servers of killed processes, and resolves with their folders. A supervisor removes the folder of
 * its server, unless it was killed as well or not yet there.
 */
export async function removeThrowAways(parent = temporaryFolder()): Promise<string[]> {
	// Its claim comes at once, and nobody claims it again.
	const respite = { claimed: 0, unclaimed: 10_000 };
	return await removeDeadFolders(parent, prefix, respite, (folder) =>
		endOrphan(join(clusterIn(folder), 'data')),
	);
}
