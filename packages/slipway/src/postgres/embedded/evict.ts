import { existsSync, readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Kept, snapshotsToEvict } from '../snapshots/index.ts';

/** Since the last write to an unfinished archive: by then, the process that was writing it has died. */
const abandonedMilliseconds = 600_000;

/**
 * Evicts snapshots of `folder` by the policy, and removes what killed processes left. No server depends on
 * them: each has its own copy of the files, and a file that is being read stays readable after its removal.
 */
export function evictSnapshots(folder: string): void {
	const files = readdirSync(folder).flatMap((name) => describe(join(folder, name)));
	for (const path of abandonedOf(files)) rmSync(path, { force: true });
	const snapshots = files.filter(({ path }) => path.endsWith('.tar'));
	for (const { path } of snapshotsToEvict(snapshots)) rmSync(path, { force: true });
}

/** Removes all snapshots in `folder` and what killed processes left. Returns the paths of the snapshots. */
export function eraseArchives(folder: string): string[] {
	const files = existsSync(folder) ? readdirSync(folder).flatMap((name) => describe(join(folder, name))) : [];
	const erased = files.filter(({ path }) => path.endsWith('.tar')).map(({ path }) => path);
	for (const path of [...erased, ...abandonedOf(files)]) rmSync(path, { force: true });
	return erased;
}

const abandonedOf = (files: readonly Entry[]) =>
	files
		.filter(({ path, idle }) => path.endsWith('.unfinished') && idle > abandonedMilliseconds)
		.map(({ path }) => path);

interface Entry extends Kept {
	readonly path: string;
}

/** Empty if another process has just removed the file. */
function describe(path: string): Entry[] {
	const found: Stats | undefined = statSync(path, { throwIfNoEntry: false });
	return found === undefined ? [] : [{ path, size: found.size, idle: Date.now() - found.mtimeMs }];
}
