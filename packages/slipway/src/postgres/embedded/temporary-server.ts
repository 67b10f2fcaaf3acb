import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeDeadFolders } from '../dead-folders.ts';
import { explainTemporaryFolderError } from '../file-errors.ts';
import { clusterIn } from './cluster-folder.ts';
import { endOrphan } from './postmaster.ts';
import { guardPath } from './removal-guard.ts';
import { freeSharedMemory } from './shared-memory.ts';
import { temporaryFolder } from './temporary-folder.ts';

const prefix = 'slipway-server-';

export interface TemporaryServerFolder {
	readonly folder: string;
	/** To be disposed of as soon as a supervisor has the folder. */
	readonly guard: Disposable;
}

/** Makes the folder of a temporary server, and removes those that killed processes left. */
export async function createTemporaryServerFolder(): Promise<TemporaryServerFolder> {
	const parent = temporaryFolder();
	const folder = join(parent, `${prefix}${randomBytes(6).toString('hex')}`);
	try {
		await removeTemporaryServers(parent);
		const guard = guardPath(folder);
		mkdirSync(folder, { mode: 0o700 });
		return { folder, guard };
	} catch (error) {
		throw explainTemporaryFolderError(error, parent);
	}
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
 * its server, or a guard before there is one, unless that was killed as well.
 */
export async function removeTemporaryServers(parent = temporaryFolder()): Promise<string[]> {
	// Its claim comes at once, and nobody claims it again.
	const respite = { locked: 0, neverLocked: 10_000 };
	return await removeDeadFolders(parent, prefix, respite, async (folder) => {
		await endOrphan(dataIn(folder));
		freeSharedMemory(dataIn(folder));
	});
}
