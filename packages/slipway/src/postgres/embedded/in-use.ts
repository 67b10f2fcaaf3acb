import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programEnvironment } from './environment.ts';

/** A file in the folder of an unpacked snapshot. Servers share its kernel lock as long as they run. */
export const useLock = 'in-use';

/** Removes the folder of an unpacked snapshot if no server uses it. Returns whether it is gone. */
export function removeUnused(folder: string): boolean {
	if (!existsSync(folder)) return true;
	const remove = ['rm', '-rf', '--', folder];
	const env = programEnvironment();
	return spawnSync('flock', ['-xn', join(folder, useLock), ...remove], { env, stdio: 'ignore' }).status === 0;
}
