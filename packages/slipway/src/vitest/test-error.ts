import { SlipwayError } from '../errors.ts';

/** vitest shows only the message of an error, so that has the hint in it. */
export function testError(code: string, what: string, hint: string, options?: ErrorOptions): SlipwayError {
	return new SlipwayError(code, `${what}\n${hint}`, hint, options);
}

/** The same for an error from elsewhere, whose stack is kept. */
export function asTestError(error: unknown): unknown {
	if (!(error instanceof SlipwayError)) return error;
	const { code, message, hint, cause, stack } = error;
	const shown = testError(code, message, hint, { cause });
	if (stack !== undefined) shown.stack = stack.replace(message, () => shown.message);
	return shown;
}

/**
 * The same for an error that has no place in the user's code: vitest shows the code around it otherwise, and that of its
 * cause. The message has what the user needs of both.
 */
export function withoutStack(error: unknown): unknown {
	if (!(error instanceof SlipwayError)) return error;
	const shown = testError(error.code, error.message, error.hint);
	shown.stack = `${shown.name}: ${shown.message}`;
	return shown;
}
