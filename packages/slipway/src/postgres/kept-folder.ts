import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findDeadFolders, removeDeadFolders } from './dead-folders.ts';
import { lockNewDirectory } from './directory-lock.ts';
import { explainTemporaryFolderError } from './file-errors.ts';

const prefix = 'slipway-kept-';

/** Creates the folder for the passwords of the databases that this process keeps after failed tests. */
export function createKeptFolder(): string {
	const parent = resolve(tmpdir());
	let folder: string | undefined;
	try {
		folder = mkdtempSync(join(parent, prefix));
		lockNewDirectory(folder, 'a run of tests');
		return folder;
	} catch (error) {
		if (folder !== undefined) rmSync(folder, { recursive: true });
		throw explainTemporaryFolderError(error, parent);
	}
}

/** A process locks its folder right after creating it, and no other process locks it later. */
const grace = { locked: 0, neverLocked: 10_000 };

/** The folders that `removeKeptFolders` would remove. */
export const findKeptFolders = (parent: string): string[] => findDeadFolders(parent, prefix, grace);

/** Removes the folders of killed processes, whose servers no longer run. Resolves with their paths. */
export async function removeKeptFolders(parent = tmpdir()): Promise<string[]> {
	return await removeDeadFolders(parent, prefix, grace);
}
