import { hasCode } from '../../errors.ts';
import type { Submittable } from './connection.ts';
import { useDatabaseTest } from './refusals.ts';

/** A query of pg itself. */
export interface PlainQuery extends Submittable {
	callback: ((error: Error | null, result: unknown) => void) | undefined;
	emit(event: 'end', result: unknown): void;
}

export const isPlain = (query: Submittable): query is PlainQuery => 'callback' in query;

/** Later, because an error that the callback throws is not ours. */
export function succeedLater(query: PlainQuery, result: unknown): void {
	process.nextTick(() => {
		query.callback?.(null, result);
		query.emit('end', result);
	});
}

/** Each query knows how to report its error. */
export function failLater(query: Submittable, error: Error): void {
	process.nextTick(() => query.handleError(error));
}

export function explainErrors(query: Submittable): void {
	const { handleError } = query;
	query.handleError = (error, connection) => handleError.call(query, explain(error), connection);
}

/** The same error, with an explanation if it comes from running in the test's transaction. */
export function explain(error: Error): Error {
	if (hasCode(error, '25001')) error.message += `\nThe test runs in a transaction. ${useDatabaseTest}`;
	return error;
}
