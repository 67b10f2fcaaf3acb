import { DatabaseError } from 'pg';
import type { FieldErrors } from './valid-form.ts';

/** What a form shows if a row violates a constraint: the field and a message, by the name of the constraint. */
export type ConstraintMessages = Readonly<Record<string, readonly [field: string, message: string]>>;

/**
 * Runs `write`. Returns the errors of the form if it violates one of these constraints: asking before would not do, since
 * another request can come between.
 */
export async function catchViolations<Result>(
	messages: ConstraintMessages,
	write: () => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly errors: FieldErrors }> {
	try {
		return { result: await write() };
	} catch (error) {
		const violated = error instanceof DatabaseError ? messages[error.constraint ?? ''] : undefined;
		if (violated === undefined) throw error;
		const [field, message] = violated;
		return { errors: { [field]: [message] } };
	}
}
