import { explainDenied } from './explain.ts';
import { findDenials, noteBegins, type RunOnServer } from './find.ts';

/** A test that failed. */
export interface FailedTest extends RunOnServer {
	/** Its errors, as its runner will print them. Hints are added to their messages. */
	readonly errors: readonly unknown[];
}

interface Printed {
	message: string;
	stack?: string;
}

/**
 * Adds to the errors of a failed test which right the app lacked. An application that turns the error of its client into
 * something else, such as a response with status 500, leaves it only in the server's log.
 */
export async function hintAtDenials({ errors, since, app, admin }: FailedTest): Promise<void> {
	const printed = errors.filter(isPrinted);
	const explained = printed.filter((error) => hintAt(error, app.username));
	const [first] = printed;
	if (first === undefined || explained.length > 0) return;
	const notes = await findDenials({ app, admin, since });
	if (notes.length > 0) append(first, notes.join('\n'));
}

/** The same without the log. Returns whether the error is about a right. */
export function hintAt(error: unknown, role: string): boolean {
	const hint = explainDenied(error, role);
	if (hint === undefined || !isPrinted(error)) return false;
	if (!error.message.includes(noteBegins)) append(error, hint);
	return true;
}

function isPrinted(error: unknown): error is Printed {
	return typeof error === 'object' && error !== null && typeof (error as Printed).message === 'string';
}

/** Some runners print the message, others the stack, which begins with it. */
function append(error: Printed, hint: string): void {
	const { message } = error;
	if (message.includes(hint)) return;
	error.message = `${message}\n${hint}`;
	if (typeof error.stack === 'string') error.stack = error.stack.replace(message, () => error.message);
}
