import { existsSync, rmSync } from 'node:fs';
import { passFile, serverFiles } from '../dev/index.ts';
import { Disposables } from '../disposables.ts';
import { lockDirectory, providers, type Removed, snapshotFolder } from '../postgres/index.ts';
import { ownProviderNames } from '../provider-names.ts';
import type { Leftover } from './clean.ts';

/** The folders with the dev data of the project. */
function dataOf(root: string): string[] {
	return ownProviderNames
		.map((provider) => serverFiles(root, provider))
		.filter((folder) => existsSync(folder));
}

/**
 * Removes the data of the project's dev servers with the volume, its snapshots as files and as images, and the password
 * file for psql. If a server is running, throws `directory-in-use` before anything is removed. Throws what `connectEngine`
 * throws if there is a volume to remove.
 */
export async function erase(root: string): Promise<readonly Leftover[]> {
	const folders = dataOf(root);
	using locks = new Disposables();
	for (const folder of folders) locks.use(await lockDirectory(folder, 'npx slipway clean'));
	const erased: Removed[] = [];
	// The default provider last: it needs nothing that may fail to answer.
	for (const name of ownProviderNames.toReversed())
		erased.push(...(await providers[name].erase(serverFiles(root, name), snapshotFolder(root))));
	for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	const files = [passFile(root)].filter((file) => existsSync(file));
	for (const file of files) rmSync(file, { force: true });
	return [
		...erased,
		...folders.map((name) => ({ kind: 'folder' as const, name })),
		...files.map((name) => ({ kind: 'file' as const, name })),
	];
}
