import { SlipwayError } from '../errors.ts';

/** Jest shows the stack of an error and no hint. So the stack is the message and the hint: no code of the user's is in it. */
export function shownError(error: unknown): unknown {
	if (!(error instanceof SlipwayError)) return error;
	const { code, message, hint, cause } = error;
	const shown = new SlipwayError(code, `${message}\n${hint}`, hint, { cause });
	shown.stack = `${shown.name}: ${shown.message}`;
	return shown;
}
