import { execFileSync } from 'node:child_process';
import { SlipwayError } from '../../errors.ts';
import { sharedMemoryOf } from './postmaster.ts';

/**
 * Removes the shared memory segment of a server whose data directory is about to be removed. PostgreSQL uses
 * it to keep other servers from the same data, and leaves it behind if the postmaster is killed. Only the
 * next server on that directory would remove it. A system has few segments, for all its users together.
 */
export function freeSharedMemory(data: string): void {
	const segment = sharedMemoryOf(data);
	if (segment === undefined) return;
	try {
		if (exists(segment)) execFileSync('ipcrm', ['-m', segment.id], { stdio: 'ignore' });
	} catch {
		// Another process has removed it, or this system does not have these programs.
	}
}

/**
 * The id may belong to another segment by now, but not together with the key, which is derived from the
 * directory.
 */
function exists({ key, id }: { readonly key: string; readonly id: string }): boolean {
	const segments = execFileSync('ipcs', ['-m'], { encoding: 'utf8' }).split('\n');
	return segments
		.map((line) => line.trim().split(/\s+/))
		.some((words) => words.includes(key) && words.includes(id));
}

/**
 * The error for a server or initdb that could not create a segment, by its output; undefined for other
 * reasons.
 */
export function segmentError(message: string, output: string): SlipwayError | undefined {
	if (!output.includes('could not create shared memory segment')) return undefined;
	return new SlipwayError(
		'no-shared-memory',
		message,
		'Remove segments that killed programs left (ipcs -m lists them, ipcrm -m ID removes one), or raise the limits: kernel.shmmni and kernel.shmall on Linux, kern.sysv.shmmni and kern.sysv.shmall on macOS.',
	);
}
