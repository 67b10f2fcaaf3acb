import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where snapshots are kept by default. */
export const snapshotFolder = (directory: string) => cacheFolder(directory, 'snapshots');

/**
 * A folder for files that can be created again: in the cache folder of the project that contains `directory`
 * or, outside of projects, in the user's.
 */
export function cacheFolder(directory: string, name: string): string {
	const modules = nearestModules(directory);
	const cache = modules === undefined ? join(homedir(), '.cache') : join(modules, '.cache');
	return join(cache, 'slipway', name);
}

function nearestModules(directory: string): string | undefined {
	const modules = join(directory, 'node_modules');
	if (existsSync(modules)) return modules;
	const parent = dirname(directory);
	return parent === directory ? undefined : nearestModules(parent);
}
