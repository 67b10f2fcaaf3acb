import { constants, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { damaged, runCopy } from './archive.ts';
import { clusterIn } from './cluster-folder.ts';
import { useLock } from './in-use.ts';
import type { Programs } from './programs.ts';
import { withPrefix } from './user.ts';

/**
 * Whether files that are next to `file` share their blocks with copies in `folder`, as on XFS and btrfs: then a
 * copy takes no longer for large files.
 */
export function canClone(file: string, folder: string): boolean {
	if (process.platform !== 'linux') return false;
	const clone = join(folder, 'clone');
	try {
		copyFileSync(file, clone, constants.COPYFILE_FICLONE_FORCE);
		return true;
	} catch {
		return false;
	} finally {
		rmSync(clone, { force: true });
	}
}

/** Copies the cluster that is unpacked in `source` to `directory`, as files of the user that PostgreSQL runs as. */
export async function cloneCluster(
	source: string,
	directory: string,
	{ launch, environment }: Programs,
): Promise<void> {
	const copy = ['cp', '-R', '--reflink=always', clusterIn(source), directory];
	const command = withPrefix(launch, ['flock', '-sn', join(source, useLock), ...copy]);
	await runCopy(command, { env: environment, ...launch.spawnAs }, directory).catch((error: Error) => {
		throw error instanceof SlipwayError ? error : damaged(source, error.message);
	});
}
