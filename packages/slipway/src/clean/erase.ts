import { existsSync, rmSync } from 'node:fs';
import { passFile, serverFiles } from '../dev/index.ts';
import { Disposables } from '../disposables.ts';
import { SlipwayError } from '../errors.ts';
import {
	claimDirectory,
	connectEngine,
	eraseArchives,
	eraseSnapshots,
	eraseVolumes,
	snapshotFolder,
} from '../postgres/index.ts';
import type { Leftover } from './clean.ts';

/** The folders with the dev data of this checkout. */
function dataOf(root: string): string[] {
	return (['embedded', 'container'] as const)
		.map((provider) => serverFiles(root, provider))
		.filter((folder) => existsSync(folder));
}

/**
 * Removes the data of the servers that `scripts/dev` has run in this checkout, with the volume, and its snapshots, as
 * files and as images, and the password that psql had. Throws `directory-in-use` when one runs, before anything is
 * removed, and what `connectEngine` throws when there is a volume to remove.
 */
export async function erase(root: string): Promise<readonly Leftover[]> {
	const folders = dataOf(root);
	using claims = new Disposables();
	for (const folder of folders) claims.use(await claimDirectory(folder, 'scripts/clean'));
	const needsEngine = folders.includes(serverFiles(root, 'container'));
	const engine = await connectEngine().catch((error: unknown) => {
		if (needsEngine || !(error instanceof SlipwayError)) throw error;
	});
	// What nothing in the checkout names any more can be there as well.
	const volumes = engine === undefined ? [] : await eraseVolumes(engine, serverFiles(root, 'container'));
	const snapshots = snapshotFolder(root);
	const images = engine === undefined ? [] : await eraseSnapshots(engine, snapshots);
	const archives = eraseArchives(snapshots);
	for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	const files = [passFile(root)].filter((file) => existsSync(file));
	for (const file of files) rmSync(file, { force: true });
	return [
		...volumes.map((name) => ({ kind: 'volume' as const, name })),
		...images.map((name) => ({ kind: 'image' as const, name })),
		...archives.map((name) => ({ kind: 'snapshot' as const, name })),
		...folders.map((name) => ({ kind: 'folder' as const, name })),
		...files.map((name) => ({ kind: 'file' as const, name })),
	];
}
