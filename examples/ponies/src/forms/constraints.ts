import { DatabaseError } from 'pg';
import type { FieldErrors } from './valid-form.ts';

/** The field and the message that a form shows for a violated constraint, by the constraint's name. */
export type ConstraintMessages = Readonly<Record<string, readonly [field: string, message: string]>>;

/**
 * Runs `write`, and returns errors for the form if it violates one of these constraints. A query before the write would not
 * be enough: another request can write in between.
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
