import { SlipwayError } from '../errors.ts';

/** A fault as vitest shows it, which is by its message alone: so that has the mend in it. */
export function testFault(code: string, what: string, hint: string, options?: ErrorOptions): SlipwayError {
	return new SlipwayError(code, `${what}\n${hint}`, hint, options);
}

/** The same for an error from elsewhere, with its own stack. */
export function asTestFault(error: unknown): unknown {
	if (!(error instanceof SlipwayError)) return error;
	const { code, message, hint, cause, stack } = error;
	const fault = testFault(code, message, hint, { cause });
	if (stack !== undefined) fault.stack = stack.replace(message, () => fault.message);
	return fault;
}
