import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { removeDeadFolders } from './dead-folders.ts';
import { lockNewDirectory } from './directory-lock.ts';
import { explainTemporaryFolderError } from './file-errors.ts';

const prefix = 'slipway-kept-';

/** Makes the folder for the passwords of databases that this process keeps for a look at them. */
export function createKeptFolder(): string {
	const parent = resolve(tmpdir());
	try {
		const folder = mkdtempSync(join(parent, prefix));
		lockNewDirectory(folder, 'a run of tests');
		return folder;
	} catch (error) {
		throw explainTemporaryFolderError(error, parent);
	}
}

/** Removes those of processes that were killed, whose servers are gone, and resolves with their paths. */
export async function removeKeptFolders(parent = tmpdir()): Promise<string[]> {
	// Its claim comes at once, and nobody claims it again.
	return await removeDeadFolders(parent, prefix, { locked: 0, neverLocked: 10_000 });
}
