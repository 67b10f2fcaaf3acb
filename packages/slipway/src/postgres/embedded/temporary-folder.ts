import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

const sharedMemory = '/dev/shm';
const minimumFreeBytes = 1024 ** 3;

/**
 * Where temporary servers keep their files: on Linux in memory, where initdb takes less than half the time,
 * unless that is small (64 MB in a Docker container) or TMPDIR names another folder.
 */
export function temporaryFolder(): string {
	return tmpdir() === '/tmp' && freeBytes(sharedMemory) >= minimumFreeBytes
		? sharedMemory
		: resolve(tmpdir());
}

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
