import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

const sharedMemory = '/dev/shm';
const minimumFreeBytes = 1024 ** 3;

/** In bytes. Each clone of its database takes as much memory again, and tests need several. */
const largeSnapshot = 64 * 1024 ** 2;

/**
 * Where temporary servers keep their files: on Linux in memory, where initdb takes less than half the time,
 * unless that is small (64 MB in a Docker container) or TMPDIR names another folder. `snapshotBytes`: the size of the
 * snapshot that the server starts from. If that is large, the files are on disk.
 */
export function temporaryFolder(snapshotBytes = 0): string {
	const disk = resolve(tmpdir());
	if (disk !== '/tmp' || freeBytes(sharedMemory) < minimumFreeBytes) return disk;
	return snapshotBytes >= largeSnapshot && isSuitable(disk) ? disk : sharedMemory;
}

/** All folders that `temporaryFolder` chooses from. */
export const temporaryFolders = () => [...new Set([temporaryFolder(), resolve(tmpdir())])];

/** 0 if the folder does not exist or is not writable. */
function freeBytes(folder: string): number {
	try {
		accessSync(folder, constants.W_OK);
		const { bavail, bsize } = statfsSync(folder);
		return bavail * bsize;
	} catch {
		return 0;
	}
}

/** An overlay cannot write to another one, as which a container has its root: there a large snapshot could not be mounted. */
function isSuitable(disk: string): boolean {
	const overlayfs = 0x794c7630;
	return freeBytes(disk) >= minimumFreeBytes && statfsSync(disk).type !== overlayfs;
}
