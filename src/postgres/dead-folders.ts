import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { claimantOf } from './claim.ts';

/**
 * Removes the folders in `parent` whose names begin with `prefix` and that nobody who lives has claimed, after
 * `prepare`; resolves with their paths. Only folders of this user are looked at, and those of the last few seconds may be
 * about to be claimed.
 */
export async function removeDeadFolders(
	parent: string,
	prefix: string,
	prepare: (folder: string) => Promise<void> = async () => {},
): Promise<string[]> {
	if (!existsSync(parent)) return [];
	const removed: string[] = [];
	for (const name of readdirSync(parent).filter((name) => name.startsWith(prefix))) {
		const folder = join(parent, name);
		const found = statSync(folder, { throwIfNoEntry: false });
		if (found === undefined || found.uid !== process.getuid?.() || Date.now() - found.mtimeMs < 10_000)
			continue;
		if (claimantOf(folder) !== undefined) continue;
		await prepare(folder);
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		removed.push(folder);
	}
	return removed;
}
