import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { removeDeadFolders } from './dead-folders.ts';
import { lockNewDirectory } from './directory-lock.ts';
import { explainTemporaryFault } from './file-faults.ts';

const prefix = 'slipway-kept-';

/** Makes the folder for the passwords of databases that this process keeps for a look at them. */
export function makeKeptFolder(): string {
	const parent = resolve(tmpdir());
	try {
		const folder = mkdtempSync(join(parent, prefix));
		lockNewDirectory(folder, 'a run of tests');
		return folder;
	} catch (error) {
		throw explainTemporaryFault(error, parent);
	}
}

/** Removes those of processes that were killed, whose servers are gone, and resolves with their paths. */
export async function removeKeptFolders(parent = tmpdir()): Promise<string[]> {
	// Its claim comes at once, and nobody claims it again.
	return await removeDeadFolders(parent, prefix, { claimed: 0, unclaimed: 10_000 });
}
