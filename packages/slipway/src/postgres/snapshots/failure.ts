import { readFileSync, writeFileSync } from 'node:fs';
import { SlipwayError } from '../../errors.ts';

interface Failure {
	readonly key: string;
	readonly at: number;
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

/** Leaves the cause for those who wait; `file` is the one that is locked. */
export function noteFailure(file: string, key: string, error: unknown): void {
	const { message } = error instanceof Error ? error : new Error(String(error));
	const { code, hint } =
		error instanceof SlipwayError
			? error
			: { code: 'snapshot-failed', hint: 'See the output of the process that created it.' };
	const failure: Failure = { key, at: Date.now(), code, message, hint };
	try {
		writeFileSync(file, JSON.stringify(failure));
	} catch {
		// On a full disk, say: those who wait try for themselves, and the cause comes first here.
	}
}

/** Throws what the making of `key` failed with, when that was at the time `since` or later: while the caller waited. */
export function refuseAfterFailure(file: string, key: string, since: number): void {
	const failure = readFailure(file);
	if (failure === undefined || failure.key !== key || failure.at < since) return;
	throw new SlipwayError(failure.code, failure.message, failure.hint);
}

/** Undefined for an empty file, and one that was cut short. */
function readFailure(file: string): Failure | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Failure;
	} catch {
		return undefined;
	}
}
