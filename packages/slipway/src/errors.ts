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
