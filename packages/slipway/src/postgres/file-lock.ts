import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../errors.ts';

export interface Lock extends AsyncDisposable {
	/** The locked file. The holder of the lock may write to it. */
	readonly file: string;
}

/**
 * Waits for the lock of `key` in the folder `locks`. It is a kernel lock that a child at the other end of a
 * pipe holds, so it ends with this process or worker thread, in any way.
 *
 * All keys share 256 locks: lock files cannot be removed, because another process may be waiting for one.
 *
 * Throws `unwritable`, with `fix`, if the folder cannot be used.
 */
export async function takeLock(
	locks: string,
	key: string,
	fix = 'Make the folder writable for this user.',
): Promise<Lock> {
	makeFolder(locks, fix);
	const file = join(locks, key.slice(0, 2));
	const child = spawn('/bin/sh', ['-c', script, 'slipway', file], {
		// In its own session it does not get the terminal's Ctrl-C.
		detached: true,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	child.stdin.on('error', () => {}); // The child may have been killed when its pipe is closed.
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const ended = once(child, 'close');
	const locked = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
	if (!locked) throw lockError(file, stderr, fix);
	return {
		file,
		[Symbol.asyncDispose]: async () => {
			child.stdin.end();
			await ended;
		},
	};
}

function makeFolder(locks: string, fix: string): void {
	try {
		mkdirSync(locks, { recursive: true });
		accessSync(locks, constants.W_OK);
	} catch (error) {
		throw lockError(locks, (error as Error).message, fix, error);
	}
}

/** flock is a command on Linux. On macOS it is a function of Perl. */
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

function lockError(path: string, reason: string, fix: string, cause?: unknown): SlipwayError {
	return new SlipwayError('unwritable', `cannot lock files in ${path}: ${reason.trim()}`, fix, { cause });
}
