import { lstatSync, rmSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, SlipwayError } from '../errors.ts';

/** The `SlipwayError` for a file operation below `directory` that the system refused; `error` itself otherwise. */
export function explainFileError(error: unknown, directory: string): unknown {
	if (!(error instanceof Error) || error instanceof SlipwayError) return error;
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return new SlipwayError(
			'no-space',
			`no space is left on the disk of ${directory}: ${message}`,
			'Free some space on that disk, then try again.',
			{ cause: error },
		);
	if (isFileLimit(error)) return fileLimit(`this process reached its limit on open files: ${message}`, error);
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST')
		return new SlipwayError(
			'unwritable',
			`the directory ${directory} cannot be used: ${message}`,
			'Make it writable for this user (chown -R), or run as the user that owns it.',
			{ cause: error },
		);
	return error;
}

/** The error for the folder of temporary files, which may also be missing or no folder. */
export function explainTemporaryFolderError(error: unknown, folder: string): unknown {
	const { code } = error as NodeJS.ErrnoException;
	if (code !== 'ENOENT' && code !== 'ENOTDIR') return explainFileError(error, folder);
	return new SlipwayError(
		'no-temporary-folder',
		`${folder}, where temporary files are to go, ${code === 'ENOENT' ? 'does not exist' : 'is not a directory'}`,
		'Set TMPDIR to a directory that you may write to, or unset it.',
		{ cause: error },
	);
}

/** Whether the system refused because of the limit on open files, of this process or of all of them. */
export function isFileLimit(error: unknown): boolean {
	return /^E[MN]FILE$/.test((error as NodeJS.ErrnoException).code ?? '');
}

/** The same by the messages of a program of PostgreSQL. */
export function reportsFileLimit(output: string): boolean {
	return /insufficient file descriptors|Too many open files/.test(output);
}

export function fileLimit(message: string, cause?: unknown): SlipwayError {
	return new SlipwayError('too-few-files', message, 'Raise the limit on open files: ulimit -n 1024', {
		cause,
	});
}

/** Removes a file that may be gone. Node's rmSync would say nothing of use about a file system that is read-only. */
export function removeFile(file: string): void {
	try {
		// In its place there may be a folder.
		if (lstatSync(file).isDirectory()) rmSync(file, { recursive: true });
		else unlinkSync(file);
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) throw explainFileError(error, dirname(file));
	}
}

/** Whether a program of PostgreSQL, or tar, ran out of space, by its messages, which it writes in English when asked to. */
export function reportsNoSpace(output: string): boolean {
	return /No space left on device|could not (?:extend|write to) file .*: wrote only|Wrote only \d+ of \d+ bytes/.test(
		output,
	);
}
