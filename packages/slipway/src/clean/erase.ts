import { existsSync, rmSync } from 'node:fs';
import { passFile, serverFiles } from '../dev/index.ts';
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

/** The folders with the dev data of the project. */
function dataOf(root: string): string[] {
	return (['embedded', 'container'] as const)
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
	using claims = new DisposableStack();
	for (const folder of folders) claims.use(await claimDirectory(folder, 'npx slipway clean'));
	const needsEngine = folders.includes(serverFiles(root, 'container'));
	const engine = await connectEngine().catch((error: unknown) => {
		if (needsEngine || !(error instanceof SlipwayError)) throw error;
	});
	// Finds them by label: volumes may exist that no file of the project names any more.
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
