import { lstatSync, rmSync, statfsSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, SlipwayError } from '../errors.ts';

/**
 * The `SlipwayError` for a failed file operation in `directory`; `error` itself if the cause is another one.
 */
export function explainFileError(error: unknown, directory: string): unknown {
	if (!(error instanceof Error) || error instanceof SlipwayError) return error;
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === 'ENOSPC' || code === 'EDQUOT') return noSpace(directory, error);
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

/** The same for the folder of temporary files, which may also be missing, or not a folder. */
export function explainTemporaryFolderError(error: unknown, folder: string): unknown {
	const { code } = error as NodeJS.ErrnoException;
	if (code !== 'ENOENT' && code !== 'ENOTDIR') return explainFileError(error, folder);
	return new SlipwayError(
		'no-temporary-folder',
		`the folder for temporary files, ${folder}, ${code === 'ENOENT' ? 'does not exist' : 'is not a directory'}`,
		'Set TMPDIR to a directory that you may write to, or unset it.',
		{ cause: error },
	);
}

/** Whether the error is the limit on open files, of this process or of the system. */
export function isFileLimit(error: unknown): boolean {
	return /^E[MN]FILE$/.test((error as NodeJS.ErrnoException).code ?? '');
}

/** The same, from the output of one of PostgreSQL's programs. */
export function reportsFileLimit(output: string): boolean {
	return /insufficient file descriptors|Too many open files/.test(output);
}

export function fileLimit(message: string, cause?: unknown): SlipwayError {
	return new SlipwayError('too-few-files', message, 'Raise the limit on open files: ulimit -n 1024', {
		cause,
	});
}

/** Removes a file if it exists. The error of `rmSync` would not explain a read-only file system. */
export function removeFile(file: string): void {
	try {
		// There may be a folder instead.
		if (lstatSync(file).isDirectory()) rmSync(file, { recursive: true });
		else unlinkSync(file);
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) throw explainFileError(error, dirname(file));
	}
}

/**
 * Whether one of PostgreSQL's programs, or tar, ran out of disk space. Its output is in English, since
 * Slipway sets LC_ALL.
 */
export function reportsNoSpace(output: string): boolean {
	return /No space left on device|could not (?:extend|write to) file .*: wrote only|Wrote only \d+ of \d+ bytes/.test(
		output,
	);
}

/** PostgreSQL's files of WAL are that large. It crashes if there is no space for one, and may be unable to log that. */
const leastSpace = 16 * 1024 ** 2;

/** Whether the disk of `folder` has too little space left for PostgreSQL. */
export function isFull(folder: string): boolean {
	const { bavail, bsize } = statfsSync(folder);
	return bavail * bsize < leastSpace;
}

/**
 * `error`, or that no space is left if that is its cause: PostgreSQL names it, or has crashed and only closed the
 * connection. `folder`: that of the server.
 */
export function explainFullDisk(error: unknown, folder: string): unknown {
	if (!(error instanceof Error) || hasCode(error, 'disk-full') || hasCode(error, 'no-space')) return error;
	const isCrash = !(error instanceof SlipwayError) && isFull(folder);
	return isCrash || isCausedByFullDisk(error) ? noSpace(folder, error) : error;
}

/** Whether PostgreSQL has reported that: SQLSTATE disk_full. */
export const isCausedByFullDisk = (error: unknown): boolean =>
	error instanceof Error && (hasCode(error, '53100') || isCausedByFullDisk(error.cause));

function noSpace(folder: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'no-space',
		`no space is left on the disk of ${folder}: ${cause.message}`,
		'Free some space on that disk, then try again.',
		{ cause },
	);
}
