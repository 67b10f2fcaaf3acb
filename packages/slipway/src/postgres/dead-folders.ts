import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { holderOf, wasLocked } from './directory-lock.ts';

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
