import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeDeadFolders } from '../dead-folders.ts';
import { clusterIn } from './cluster-folder.ts';
import { endOrphan } from './postmaster.ts';
import { freeSharedMemory } from './shared-memory.ts';
import { temporaryFolder } from './temporary-folder.ts';

const prefix = 'slipway-server-';

/** Makes the folder of a throw-away server, and removes those that killed processes left. */
export async function makeThrowAway(): Promise<string> {
	const parent = temporaryFolder();
	await removeThrowAways(parent);
	return mkdtempSync(join(parent, prefix));
}

/** The removal of what a server that has ended left in `folder`, and of what it left elsewhere. */
export function removalOf(folder: string): Disposable {
	return {
		[Symbol.dispose]: () => {
			freeSharedMemory(dataIn(folder));
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

const dataIn = (folder: string) => join(clusterIn(folder), 'data');

/**
 * Ends and removes the servers of killed processes, and resolves with their folders. A supervisor removes the folder of
 * its server, unless one of them was killed as well or not yet there.
 */
export async function removeThrowAways(parent = temporaryFolder()): Promise<string[]> {
	// Its claim comes at once, and nobody claims it again.
	const respite = { claimed: 0, unclaimed: 10_000 };
	return await removeDeadFolders(parent, prefix, respite, async (folder) => {
		await endOrphan(dataIn(folder));
		freeSharedMemory(dataIn(folder));
	});
}
