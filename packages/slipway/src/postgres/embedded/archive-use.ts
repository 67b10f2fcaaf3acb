import { type Stats, statSync, utimesSync } from 'node:fs';

/**
 * Records the use of an archive as its access time: the modification time shows whether it is still the same
 * file. A read-only folder needs none, because nothing is evicted there.
 */
export function noteUse(archive: string): void {
	try {
		// Rounded, since more digits would not survive.
		utimesSync(archive, new Date(), Math.round(statSync(archive).mtimeMs) / 1000);
	} catch {}
}

/** Milliseconds since an archive was used or written. */
export const idleTime = ({ atimeMs, mtimeMs }: Stats) => Date.now() - Math.max(atimeMs, mtimeMs);
