import { readFileSync, writeFileSync } from 'node:fs';
import { SlipwayError } from '../../errors.ts';

interface Failure {
	readonly key: string;
	readonly at: number;
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

/** Saves the error of creating the snapshot `key` for the processes that wait. `file`: the lock file. */
export function noteFailure(file: string, key: string, error: unknown): void {
	const { message } = error instanceof Error ? error : new Error(String(error));
	const { code, hint } =
		error instanceof SlipwayError
			? error
			: { code: 'snapshot-failed', hint: 'See the output of the process that tried to create it.' };
	const failure: Failure = { key, at: Date.now(), code, message, hint };
	try {
		writeFileSync(file, JSON.stringify(failure));
	} catch {
		// Such as on a full disk. This process reports the error; those that wait try to create the snapshot
		// themselves.
	}
}

/** Throws the error that creating `key` failed with at the time `since` or later: while the caller waited. */
export function throwFailureSince(file: string, key: string, since: number): void {
	const failure = readFailure(file);
	if (failure === undefined || failure.key !== key || failure.at < since) return;
	throw new SlipwayError(failure.code, failure.message, failure.hint);
}

/** Undefined for a file that is empty or incomplete. */
function readFailure(file: string): Failure | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Failure;
	} catch {
		return undefined;
	}
}
