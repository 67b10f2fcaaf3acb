import { utimesSync } from 'node:fs';

const maxSnapshots = 24;
const maxBytes = 2 * 1024 ** 3;
/** A run that goes through more snapshots than are kept would create each again each time. */
const inUseMilliseconds = 60_000;

export interface Kept {
	readonly size: number;
	/** Milliseconds since it was used or written. */
	readonly idle: number;
}

/** Records the use of a snapshot as the time of its file. In a read-only folder nothing is evicted. */
export function noteUse(file: string): void {
	const now = new Date();
	try {
		utimesSync(file, now, now);
	} catch {}
}

/** The least recently used snapshots, as long as there are too many or they are too large together. */
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
