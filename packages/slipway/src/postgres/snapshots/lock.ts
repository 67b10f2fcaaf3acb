import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';

export interface Lock extends AsyncDisposable {
	/** The file that is locked; the holder of the lock may write to it. */
	readonly file: string;
}

/**
 * Waits for the lock of `key` in the folder `locks`. It is the kernel's, held by a child at the other end of a pipe, so
 * that it ends with this process, or with this thread of it, however that ends.
 *
 * There are 256 locks for all keys: the file of a lock cannot be removed, because another process may wait for it.
 */
export async function takeLock(locks: string, key: string): Promise<Lock> {
	makeFolder(locks);
	const file = join(locks, key.slice(0, 2));
	const child = spawn('/bin/sh', ['-c', script, 'slipway', file], {
		// A session of its own keeps the terminal's Ctrl-C away.
		detached: true,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	child.stdin.on('error', () => {}); // The child may have been killed when its pipe is closed.
	let complaint = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		complaint += text;
	});
	const ended = once(child, 'close');
	const locked = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
	if (!locked) throw lockError(file, complaint);
	return {
		file,
		[Symbol.asyncDispose]: async () => {
			child.stdin.end();
			await ended;
		},
	};
}

function makeFolder(locks: string): void {
	try {
		mkdirSync(locks, { recursive: true });
		accessSync(locks, constants.W_OK);
	} catch (error) {
		throw lockError(locks, (error as Error).message, error);
	}
}

/** Linux has flock as a command, macOS has it in Perl. */
const script = `
exec 9>>"$1" || exit
if command -v flock >/dev/null; then
	flock 9
else
	perl -e 'open my $lock, ">>&=9" or die "$!\\n"; flock($lock, 2) or die "$!\\n"'
fi || exit
echo locked
exec cat
`;

function lockError(path: string, complaint: string, cause?: unknown): SlipwayError {
	return new SlipwayError(
		'unwritable',
		`cannot create a snapshot, because ${path} is not usable: ${complaint.trim()}`,
		'Make the folder writable for this user, name another with the option "snapshots", or turn snapshots off with "snapshots: false".',
		{ cause },
	);
}
