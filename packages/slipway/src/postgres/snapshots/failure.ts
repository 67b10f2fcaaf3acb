import { readFileSync, writeFileSync } from 'node:fs';
import { SlipwayError } from '../../errors.ts';

interface Failure {
	readonly key: string;
	readonly at: number;
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

/** Leaves the cause for processes that wait; `file` is the one that is locked. */
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
		// Such as on a full disk: the processes that wait will try themselves, and this one reports the cause.
	}
}

/** Throws what the creation of `key` failed with if that was at the time `since` or later: while the caller waited. */
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
