/**
 * An error that the user can fix: what failed and with which value, and what to do about it.
 * Entry points print `message` and `hint`; all other code throws it and leaves printing to them.
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

/** Whether `error` has one of `codes`: that of a `SlipwayError`, of a system call (`ENOENT`), or an SQLSTATE. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
	const { code } = (error ?? {}) as { readonly code?: unknown };
	return typeof code === 'string' && codes.includes(code);
}

/** Throws the error if there is one, and all of them as an `AggregateError` if there are several. */
export function throwAll(errors: readonly unknown[], message = errors.map(messageOf).join('\n')): void {
	if (errors.length === 0) return;
	throw errors.length === 1 ? errors[0] : new AggregateError(errors, message);
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
