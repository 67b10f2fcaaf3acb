import { explainDenied } from './explain.ts';
import { noteOn, type RunOnServer, readDistinct } from './find.ts';

/** A test that failed. */
export interface FailedTest extends RunOnServer {
	/** Its errors, as its runner will print them. Hints are added to their messages. */
	readonly errors: readonly unknown[];
}

export interface Printed {
	message: string;
	stack?: string;
}

/**
 * Adds to the errors of a failed test which right the app lacked. An application that turns the error of its client into
 * something else, such as a response with status 500, leaves it only in the server's log. There is the statement, too,
 * which pg does not report.
 */
export async function hintAtDenials({ errors, ...run }: FailedTest): Promise<void> {
	const printed = errors.filter(isPrinted);
	const [first] = printed;
	if (first === undefined) return;
	const denials = await readDistinct(run);
	const role = run.app.username;
	const explained = printed.filter((error) => appendHint(error, explainDenied(error, role, denials)));
	if (explained.length > 0 || denials.length === 0) return;
	appendHint(first, denials.map((denial) => noteOn(denial, role)).join('\n'));
}

/** The same without the log. */
export function hintAt(error: unknown, role: string): void {
	if (isPrinted(error)) appendHint(error, explainDenied(error, role));
}

export function isPrinted(error: unknown): error is Printed {
	return typeof error === 'object' && error !== null && typeof (error as Printed).message === 'string';
}

/**
 * Adds it to the message, unless that has one. Returns whether the message has a hint now. Some runners print the message,
 * others the stack, which begins with it.
 */
export function appendHint(error: Printed, hint: string | undefined): boolean {
	const { message } = error;
	if (hint === undefined || message.includes('\nHint: ')) return hint !== undefined;
	error.message = `${message}\n${hint}`;
	if (typeof error.stack === 'string') error.stack = error.stack.replace(message, () => error.message);
	return true;
}
