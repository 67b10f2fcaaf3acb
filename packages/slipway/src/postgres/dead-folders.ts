import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { holderOf, wasLocked } from './directory-lock.ts';

/** Milliseconds since the last change in a folder for which it is left alone. */
interface GracePeriods {
	/** For one that only dead processes have locked: another may be about to lock it. */
	readonly locked?: number;
	/** For one that was never locked. */
	readonly neverLocked: number;
}

/**
 * Removes the folders in `parent` whose names begin with `prefix` and that no living process has locked, after
 * `prepare`; resolves with their paths. Only folders of this user are considered.
 */
export async function removeDeadFolders(
	parent: string,
	prefix: string,
	grace: GracePeriods,
	prepare: (folder: string) => Promise<void> = async () => {},
): Promise<string[]> {
	if (!existsSync(parent)) return [];
	const removed: string[] = [];
	for (const name of readdirSync(parent).filter((name) => name.startsWith(prefix))) {
		const folder = join(parent, name);
		if (!isOld(folder, grace) || holderOf(folder) !== undefined) continue;
		await prepare(folder);
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		removed.push(folder);
	}
	return removed;
}

function isOld(folder: string, { locked = 10_000, neverLocked }: GracePeriods): boolean {
	const found = statSync(folder, { throwIfNoEntry: false });
	if (found === undefined || found.uid !== process.getuid?.()) return false;
	return Date.now() - found.mtimeMs >= (wasLocked(folder) ? locked : neverLocked);
}
