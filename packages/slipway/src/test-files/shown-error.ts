import { SlipwayError } from '../errors.ts';

/** Jest shows the message of an error and its stack, but no hint. So that is in the message. */
export function shownError(error: unknown): unknown {
	if (!(error instanceof SlipwayError)) return error;
	const { code, message, hint, stack } = error;
	const shown = new SlipwayError(code, `${message}\n${hint}`, hint);
	if (stack !== undefined) shown.stack = stack.replace(message, () => shown.message);
	return shown;
}
