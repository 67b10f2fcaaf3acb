import { execFileSync } from 'node:child_process';
import { SlipwayError } from '../../errors.ts';
import { sharedMemoryOf } from './postmaster.ts';

/**
 * Removes the segment of shared memory by which a server keeps others from its data, and which stays when its first process
 * is killed: of a data directory that is about to be removed, for the next server on it would remove it itself. A system
 * has few of them, and counts them for all its users.
 */
export function freeSharedMemory(data: string): void {
	const segment = sharedMemoryOf(data);
	if (segment === undefined) return;
	try {
		if (isThere(segment)) execFileSync('ipcrm', ['-m', segment.id], { stdio: 'ignore' });
	} catch {
		// It has gone meanwhile, or this system has no such programs.
	}
}

/** The number may have been given to another one since, but not together with the key, which is made of the directory's. */
function isThere({ key, id }: { readonly key: string; readonly id: string }): boolean {
	const segments = execFileSync('ipcs', ['-m'], { encoding: 'utf8' }).split('\n');
	return segments
		.map((line) => line.trim().split(/\s+/))
		.some((words) => words.includes(key) && words.includes(id));
}

/** The error for a server, or initdb, that got no such segment, by what it printed; undefined for other reasons. */
export function segmentError(what: string, output: string): SlipwayError | undefined {
	if (!output.includes('could not create shared memory segment')) return undefined;
	return new SlipwayError(
		'no-shared-memory',
		what,
		'Remove segments that killed programs left (ipcs -m lists them, ipcrm -m ID removes one), or raise the limits: kernel.shmmni and kernel.shmall on Linux, kern.sysv.shmmni and kern.sysv.shmall on macOS.',
	);
}
