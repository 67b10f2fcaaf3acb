import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLocked, wasLocked } from './directory-lock.ts';

/** How many milliseconds after its last change a folder is left alone. */
interface GracePeriods {
	/** If only dead processes have locked it: another process may be about to lock it. */
	readonly locked?: number;
	/** If it was never locked. */
	readonly neverLocked: number;
}

/**
 * Removes the folders in `parent` whose names begin with `prefix` and that no living process has locked, and
 * calls `prepare` before. Resolves with their paths. Folders of other users are left alone.
 */
export async function removeDeadFolders(
	parent: string,
	prefix: string,
	grace: GracePeriods,
	prepare: (folder: string) => Promise<void> = async () => {},
): Promise<string[]> {
	const removed: string[] = [];
	for (const folder of foldersIn(parent, prefix)) {
		if (!isDead(folder, grace)) continue;
		await prepare(folder);
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		removed.push(folder);
	}
	return removed;
}

/** The folders that `removeDeadFolders` would remove. */
export function findDeadFolders(parent: string, prefix: string, grace: GracePeriods): string[] {
	return foldersIn(parent, prefix).filter((folder) => isDead(folder, grace));
}

function foldersIn(parent: string, prefix: string): string[] {
	if (!existsSync(parent)) return [];
	const names = readdirSync(parent).filter((name) => name.startsWith(prefix));
	return names.map((name) => join(parent, name));
}

const isDead = (folder: string, grace: GracePeriods) => isOld(folder, grace) && !isLocked(folder);

function isOld(folder: string, { locked = 10_000, neverLocked }: GracePeriods): boolean {
	const found = statSync(folder, { throwIfNoEntry: false });
	if (found === undefined || found.uid !== process.getuid?.()) return false;
	return Date.now() - found.mtimeMs >= (wasLocked(folder) ? locked : neverLocked);
}
