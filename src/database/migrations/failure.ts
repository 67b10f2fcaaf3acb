import type { DatabaseError } from 'pg';
import { SlipwayError } from '../../errors.ts';
import { indexOfCharacter, locate } from './location.ts';
import type { Direction, MigrationStep, Progress } from './progress.ts';
import type { Statement } from './statements.ts';

/**
 * The `SlipwayError` for the failure of a run: the place in the file, the server's words, and what is and
 * is not done.
 */
export function explainFailure(error: unknown, direction: Direction, progress: Progress): unknown {
	const { current, statement } = progress;
	if (current === undefined || !(error instanceof Error)) return error;
	if (!isServerError(error)) return lostConnection(error, current);
	return new SlipwayError(
		'migration-failed',
		[
			`${place(current, statement, error)}: ${error.message}`,
			...serverNotes(error),
			...outcome(direction, current, progress),
		].join('\n'),
		`Mend the file, then run scripts/migrate ${direction} again.`,
		{ cause: error },
	);
}

/** SQLSTATE classes 08 and 57P: the server or the connection went away, and the statement is not to blame. */
function isServerError(error: Error): error is DatabaseError {
	const { code, severity } = error as Partial<DatabaseError>;
	return severity !== undefined && code !== undefined && !/^(08|57P)/.test(code);
}

function lostConnection(error: Error, { script }: MigrationStep): SlipwayError {
	return new SlipwayError(
		'connection-lost',
		`the connection was lost in the middle of ${script.file.path}: ${error.message}`,
		'See with scripts/migrate status what is applied, and run it again.',
		{ cause: error },
	);
}

function place({ script }: MigrationStep, statement: Statement | undefined, error: DatabaseError): string {
	const { path, text } = script.file;
	if (statement === undefined) return path;
	const within = error.position === undefined ? 0 : indexOfCharacter(statement.text, Number(error.position));
	const { line, column } = locate(text, statement.index + within);
	return `${path}:${line}:${column}`;
}

function serverNotes({ detail, hint, where }: DatabaseError): string[] {
	const notes = [
		['detail', detail],
		['hint', hint],
		['context', where],
	] as const;
	return notes.flatMap(([label, text]) =>
		text === undefined ? [] : [`  ${label}: ${text.replaceAll('\n', '\n    ')}`],
	);
}

function outcome(direction: Direction, { part }: MigrationStep, { done, ahead }: Progress): string[] {
	const verb = direction === 'up' ? 'applied' : 'reverted';
	return [
		part.inTransaction
			? 'Its transaction was rolled back.'
			: 'It runs without a transaction: what it did before that statement stays, and running it again must allow for that.',
		...(done.length > 0 ? [`${verb} before it: ${done.join(', ')}`] : []),
		...(ahead.length > 0 ? [`not ${verb}: ${ahead.join(', ')}`] : []),
	];
}
