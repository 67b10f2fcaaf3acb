import { existsSync, readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Kept, snapshotsToEvict } from '../snapshots/index.ts';
import { idleTime } from './archive-use.ts';
import { removeUnused } from './in-use.ts';
import { unpackedIn, unpackedOf } from './unpacked-snapshot.ts';

/** Since the last write to an unfinished archive: by then, the process that was writing it has died. */
const abandonedMilliseconds = 600_000;

/**
 * Evicts snapshots of `folder` by the policy, and removes what killed processes left. A snapshot stays while a
 * server mounts it. Other servers have their own copy of the files.
 */
export function evictSnapshots(folder: string): void {
	removeAbandoned(folder);
	for (const archive of snapshotsToEvict(archivesIn(folder).map(withUnpacked)))
		if (removeUnused(unpackedOf(archive.path))) rmSync(archive.path, { force: true });
	removeOrphans(folder);
}

/**
 * Removes all snapshots in `folder` and what killed processes left. Returns the paths of the snapshots. What
 * servers mount is removed with a later snapshot.
 */
export function eraseArchives(folder: string): string[] {
	removeAbandoned(folder);
	const erased = archivesIn(folder).map(({ path }) => path);
	for (const path of erased) rmSync(path, { force: true });
	removeOrphans(folder);
	return erased;
}

const archivesIn = (folder: string) => entriesOf(folder).filter(({ path }) => path.endsWith('.tar'));

/** An unpacked snapshot has about the size of its archive. */
const withUnpacked = (archive: Entry): Entry =>
	existsSync(unpackedOf(archive.path)) ? { ...archive, size: 2 * archive.size } : archive;

function removeAbandoned(folder: string): void {
	for (const path of abandonedOf(entriesOf(folder))) rmSync(path, { force: true });
	for (const path of abandonedOf(entriesOf(unpackedIn(folder)))) removeUnused(path);
}

/** Removes unpacked snapshots without an archive. */
function removeOrphans(folder: string): void {
	const archives = new Set(archivesIn(folder).map(({ path }) => unpackedOf(path)));
	for (const { path } of entriesOf(unpackedIn(folder)))
		if (isKey(basename(path)) && !archives.has(path)) removeUnused(path);
}

/** Not the locks, and no folder that is not finished. */
const isKey = (name: string) => /^\w+$/.test(name) && name !== 'locks';

const abandonedOf = (files: readonly Entry[]) =>
	files
		.filter(({ path, idle }) => path.endsWith('.unfinished') && idle > abandonedMilliseconds)
		.map(({ path }) => path);

interface Entry extends Kept {
	readonly path: string;
}

const entriesOf = (folder: string): Entry[] =>
	existsSync(folder) ? readdirSync(folder).flatMap((name) => describe(join(folder, name))) : [];

/** Empty if another process has just removed the file. */
function describe(path: string): Entry[] {
	const found: Stats | undefined = statSync(path, { throwIfNoEntry: false });
	return found === undefined ? [] : [{ path, size: found.size, idle: idleTime(found) }];
}
