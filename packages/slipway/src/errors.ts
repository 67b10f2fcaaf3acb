/**
 * A fault that a user can mend: what failed and with which value, and what to do about it.
 * Entry points print `message` and `hint`; everything else throws it and leaves printing alone.
 */
export class SlipwayError extends Error {
	override readonly name = 'SlipwayError';
	/** Stable and machine-readable, such as `port-in-use`. */
	readonly code: string;
	/** What the user does next, in the imperative. */
	readonly hint: string;

	constructor(code: string, message: string, hint: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
		this.hint = hint;
	}
}

/** Whether `error` has one of these codes: the system's, such as `ENOENT`, or those of a `SlipwayError`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
	return error instanceof Error && codes.some((code) => (error as { code?: unknown }).code === code);
}

/** Throws the only error of `errors`, or an `AggregateError` of several; does nothing where there is none. */
export function throwAll(errors: readonly unknown[], message = errors.map(messageOf).join('\n')): void {
	if (errors.length === 0) return;
	throw errors.length === 1 ? errors[0] : new AggregateError(errors, message);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
