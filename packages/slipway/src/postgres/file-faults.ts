import { lstatSync, rmSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, SlipwayError } from '../errors.ts';

/** The `SlipwayError` for a file operation below `directory` that the system refused; `error` itself otherwise. */
export function explainFileFault(error: unknown, directory: string): unknown {
	if (!(error instanceof Error) || error instanceof SlipwayError) return error;
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return new SlipwayError(
			'no-space',
			`no space is left on the disk of ${directory}: ${message}`,
			'Free some space on that disk, then try again.',
			{ cause: error },
		);
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST')
		return new SlipwayError(
			'unwritable',
			`the directory ${directory} cannot be used: ${message}`,
			'Make it writable for this user (chown -R), or run as the user that owns it.',
			{ cause: error },
		);
	return error;
}

/** Removes a file that may be gone. Node's rmSync would say nothing of use about a file system that is read-only. */
export function removeFile(file: string): void {
	try {
		// In its place there may be a folder.
		if (lstatSync(file).isDirectory()) rmSync(file, { recursive: true });
		else unlinkSync(file);
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) throw explainFileFault(error, dirname(file));
	}
}

/** Whether a program of PostgreSQL, or tar, ran out of space, by its messages, which it writes in English when asked to. */
export function saysNoSpace(output: string): boolean {
	return /No space left on device|could not (?:extend|write to) file .*: wrote only|Wrote only \d+ of \d+ bytes/.test(
		output,
	);
}
