import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Where snapshots are kept by default: with the other caches of the project that holds `directory`,
 * or the user's outside of a project.
 */
export function snapshotFolder(directory: string): string {
	const modules = nearestModules(directory);
	const cache = modules === undefined ? join(homedir(), '.cache') : join(modules, '.cache');
	return join(cache, 'slipway', 'snapshots');
}

function nearestModules(directory: string): string | undefined {
	const modules = join(directory, 'node_modules');
	if (existsSync(modules)) return modules;
	const parent = dirname(directory);
	return parent === directory ? undefined : nearestModules(parent);
}
