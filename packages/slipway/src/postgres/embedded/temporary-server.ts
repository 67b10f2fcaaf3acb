import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findDeadFolders, removeDeadFolders } from '../dead-folders.ts';
import { explainTemporaryFolderError } from '../file-errors.ts';
import { clusterIn } from './cluster-folder.ts';
import { openWorkFolder } from './mount.ts';
import { endOrphan } from './postmaster.ts';
import { guardPath } from './removal-guard.ts';
import { freeSharedMemory } from './shared-memory.ts';
import { temporaryFolder, temporaryFolders } from './temporary-folder.ts';

const prefix = 'slipway-server-';

export interface TemporaryServerFolder {
	readonly folder: string;
	/** The caller disposes of it as soon as a supervisor is responsible for the folder. */
	readonly guard: Disposable;
}

/**
 * Creates the folder of a temporary server, and removes those that killed processes left. `snapshotBytes`: see
 * `temporaryFolder`.
 */
export async function createTemporaryServerFolder(snapshotBytes?: number): Promise<TemporaryServerFolder> {
	try {
		for (const each of temporaryFolders()) await removeTemporaryServers(each);
	} catch (error) {
		throw explainTemporaryFolderError(error, temporaryFolder(snapshotBytes));
	}
	return newTemporaryServerFolder(snapshotBytes);
}

/** The same without removing anything. */
export function newTemporaryServerFolder(snapshotBytes?: number): TemporaryServerFolder {
	const parent = temporaryFolder(snapshotBytes);
	const folder = join(parent, `${prefix}${randomBytes(6).toString('hex')}`);
	try {
		const guard = guardPath(folder);
		mkdirSync(folder, { mode: 0o700 });
		return { folder, guard };
	} catch (error) {
		throw explainTemporaryFolderError(error, parent);
	}
}

/** When disposed of, removes the folder of a stopped server, and its shared memory. */
export function removalOf(folder: string): Disposable {
	return {
		[Symbol.dispose]: () => {
			freeSharedMemory(dataIn(folder));
			openWorkFolder(folder);
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

const dataIn = (folder: string) => join(clusterIn(folder), 'data');

/** A process locks its folder right after creating it, and no other process locks it later. */
const grace = { locked: 0, neverLocked: 10_000 };

/** The folders that `removeTemporaryServers` would remove. */
export const findTemporaryServers = (parent: string): string[] => findDeadFolders(parent, prefix, grace);

/**
 * Stops and removes the temporary servers of killed processes. Resolves with their folders. There is one only
 * if the supervisor of a server, or the guard of its folder, was killed too.
 */
export async function removeTemporaryServers(parent = temporaryFolder()): Promise<string[]> {
	return await removeDeadFolders(parent, prefix, grace, async (folder) => {
		await endOrphan(dataIn(folder));
		freeSharedMemory(dataIn(folder));
		openWorkFolder(folder);
	});
}
