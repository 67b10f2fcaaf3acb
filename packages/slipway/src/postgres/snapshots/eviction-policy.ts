import { utimesSync } from 'node:fs';

const most = 24;
const mostBytes = 2 * 1024 ** 3;
/** A run that goes through more of them than are kept would make each anew each time. */
const inUseMilliseconds = 60_000;

export interface Kept {
	readonly size: number;
	/** Milliseconds since it was used or written. */
	readonly idle: number;
}

/** The time of a snapshot's file tells when it was used last. A folder that is only read has nobody to collect its snapshots. */
export function noteUse(file: string): void {
	const now = new Date();
	try {
		utimesSync(file, now, now);
	} catch {}
}

/** Those that were not used for the longest time, as long as there are too many or they are too large. */
export function snapshotsToEvict<Snapshot extends Kept>(snapshots: readonly Snapshot[]): Snapshot[] {
	let bytes = 0;
	return snapshots
		.toSorted((a, b) => a.idle - b.idle)
		.filter(({ size, idle }, index) => {
			bytes += size;
			const isTooMuch = index >= most || bytes > mostBytes;
			return isTooMuch && idle > inUseMilliseconds;
		});
}
