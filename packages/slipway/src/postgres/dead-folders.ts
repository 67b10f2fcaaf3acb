import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { holderOf, wasLocked } from './directory-lock.ts';

/** Milliseconds for which a folder is left alone since something was made or removed in it. */
interface Respite {
	/** For one with claims of the dead only: it may be about to be claimed again. */
	readonly claimed?: number;
	/** For one that nobody ever claimed. */
	readonly unclaimed: number;
}

/**
 * Removes the folders in `parent` whose names begin with `prefix` and that nobody who lives has claimed, after
 * `prepare`; resolves with their paths. Only folders of this user are looked at.
 */
export async function removeDeadFolders(
	parent: string,
	prefix: string,
	respite: Respite,
	prepare: (folder: string) => Promise<void> = async () => {},
): Promise<string[]> {
	if (!existsSync(parent)) return [];
	const removed: string[] = [];
	for (const name of readdirSync(parent).filter((name) => name.startsWith(prefix))) {
		const folder = join(parent, name);
		if (!isOld(folder, respite) || holderOf(folder) !== undefined) continue;
		await prepare(folder);
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		removed.push(folder);
	}
	return removed;
}

function isOld(folder: string, { claimed = 10_000, unclaimed }: Respite): boolean {
	const found = statSync(folder, { throwIfNoEntry: false });
	if (found === undefined || found.uid !== process.getuid?.()) return false;
	return Date.now() - found.mtimeMs >= (wasLocked(folder) ? claimed : unclaimed);
}
