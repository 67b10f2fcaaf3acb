import { utimesSync } from 'node:fs';

const maxSnapshots = 24;
const maxBytes = 2 * 1024 ** 3;
/**
 * Snapshots in use are kept: a run that needs more than the limit would otherwise keep creating them again.
 */
const inUseMilliseconds = 60_000;

export interface Kept {
	readonly size: number;
	/** Milliseconds since it was used or written. */
	readonly idle: number;
}

/**
 * Records the use of a snapshot as its file's modification time. A read-only folder needs none: nothing is
 * evicted there.
 */
export function noteUse(file: string): void {
	const now = new Date();
	try {
		utimesSync(file, now, now);
	} catch {}
}

/** The least recently used snapshots beyond the limits on number and total size. */
export function snapshotsToEvict<Snapshot extends Kept>(snapshots: readonly Snapshot[]): Snapshot[] {
	let bytes = 0;
	return snapshots
		.toSorted((a, b) => a.idle - b.idle)
		.filter(({ size, idle }, index) => {
			bytes += size;
			const isTooMuch = index >= maxSnapshots || bytes > maxBytes;
			return isTooMuch && idle > inUseMilliseconds;
		});
}
