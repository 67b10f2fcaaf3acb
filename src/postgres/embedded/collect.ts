import { readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

const most = 24;
const mostBytes = 2 * 1024 ** 3;
/** A run that goes through more of them than are kept would make each anew each time. */
const inUseMilliseconds = 60_000;
/** Long after the last write of whoever made it. */
const abandonedMilliseconds = 600_000;

/**
 * Removes the snapshots that were not used for the longest time, as long as there are too many or they are too large,
 * and what killed processes left. A server has its own copy of the files, and one that is being copied stays readable.
 */
export function collectSnapshots(folder: string): void {
	const files = readdirSync(folder).flatMap((name) => describe(join(folder, name)));
	for (const { path, idle } of files)
		if (path.endsWith('.unfinished') && idle > abandonedMilliseconds) rmSync(path, { force: true });
	const snapshots = files.filter(({ path }) => path.endsWith('.tar')).toSorted((a, b) => a.idle - b.idle);
	let bytes = 0;
	for (const [index, { path, idle, size }] of snapshots.entries()) {
		bytes += size;
		const isTooMuch = index >= most || bytes > mostBytes;
		if (isTooMuch && idle > inUseMilliseconds) rmSync(path, { force: true });
	}
}

interface Entry {
	readonly path: string;
	readonly size: number;
	/** Milliseconds since it was used or written. */
	readonly idle: number;
}

/** Nothing for a file that somebody else has just removed. */
function describe(path: string): Entry[] {
	const found: Stats | undefined = statSync(path, { throwIfNoEntry: false });
	return found === undefined ? [] : [{ path, size: found.size, idle: Date.now() - found.mtimeMs }];
}
