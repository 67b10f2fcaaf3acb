import type { Connection } from '../connection/index.ts';
import { explainDenied } from './explain.ts';
import { hintForDenial } from './hints.ts';
import { type LoggedDenial, readDenials } from './log.ts';

/** A test that failed. */
export interface FailedTest {
	/** Its errors, as its runner will print them. Hints are added to their messages. */
	readonly errors: readonly unknown[];
	/** When it began, in milliseconds since the epoch. */
	readonly since: number;
	readonly app: Connection;
	/** A superuser of the same server. */
	readonly admin: Connection;
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
	const explained = printed.map((error) => ({ error, hint: explainDenied(error, app.username) }));
	for (const { error, hint } of explained) if (hint !== undefined) append(error, hint);
	const [first] = printed;
	if (first === undefined || explained.some(({ hint }) => hint !== undefined)) return;
	// The server may have ended, which has an error of its own.
	const denials = await readDenials(admin, { session: app, since }).catch(() => []);
	const notes = new Set(denials.map((denial) => noteOn(denial, app.username)));
	if (notes.size > 0) append(first, [...notes].join('\n'));
}

function noteOn({ message, statement }: LoggedDenial, role: string): string {
	const ran = statement === undefined ? '' : `\n  ${statement.replaceAll('\n', '\n  ')}`;
	const hint = hintForDenial({ message, statement, role });
	return `The server refused a statement of ${role} while the test ran: ${message}${ran}${hint === undefined ? '' : `\n${hint}`}`;
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
