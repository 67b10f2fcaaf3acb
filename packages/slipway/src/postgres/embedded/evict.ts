import { existsSync, readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Kept, snapshotsToEvict } from '../snapshots/index.ts';

/** Long after the last write of whoever made it. */
const abandonedMilliseconds = 600_000;

/**
 * Removes the snapshots that were not used for the longest time, as long as there are too many or they are too large,
 * and what killed processes left. A server has its own copy of the files, and one that is being copied stays readable.
 */
export function evictSnapshots(folder: string): void {
	const files = readdirSync(folder).flatMap((name) => describe(join(folder, name)));
	for (const path of abandonedOf(files)) rmSync(path, { force: true });
	const snapshots = files.filter(({ path }) => path.endsWith('.tar'));
	for (const { path } of snapshotsToEvict(snapshots)) rmSync(path, { force: true });
}

/** Removes all snapshots, and what killed processes left, and resolves with their paths. */
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

/** Nothing for a file that somebody else has just removed. */
function describe(path: string): Entry[] {
	const found: Stats | undefined = statSync(path, { throwIfNoEntry: false });
	return found === undefined ? [] : [{ path, size: found.size, idle: Date.now() - found.mtimeMs }];
}
