import type { PostgresError, Sql } from 'postgres';
import { transactWithFreshSettings } from './fresh-transaction.ts';
import { excerpt } from './migrations/excerpt.ts';
import { indexOfCharacter, locate } from './migrations/location.ts';
import { psqlCommandProblem, splitScript } from './migrations/psql.ts';
import { endsTransaction, needsPsql, psqlOnly, type Statement } from './migrations/statements.ts';
import { hintFor } from './server-hints.ts';

/** An SQL file as it is on disk. */
export interface SqlFile {
	/** Relative to what the caller passed as its directory. */
	readonly path: string;
	readonly text: string;
}

/** A statement that the server rejected, or would if it ran, with its location. */
export class StatementError extends Error {
	override readonly name = 'StatementError';
	/** SQLSTATE. */
	readonly code: string;

	constructor(message: string, code: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/**
 * Runs the statements of a file in one transaction, unaffected by settings of earlier files in the session.
 * Throws `StatementError`, whose message names file, line and column.
 */
export async function runSqlFile(sql: Sql, file: SqlFile): Promise<void> {
	const statements = splitScript(file.text);
	for (const statement of statements) requireRunnable(file, statement);
	await transactWithFreshSettings(sql, async (transaction) => {
		for (const statement of statements)
			await transaction.unsafe(statement.text).catch((error: Error) => {
				throw explainStatement(error, file, statement);
			});
	});
}

/** Throws for a statement that would end the file's transaction, or that only psql can run. */
function requireRunnable({ path, text }: SqlFile, statement: Statement): void {
	const { line, column } = locate(text, statement.index);
	const place = `${path}:${line}:${column}`;
	if (endsTransaction(statement.text)) {
		const what = `"${excerpt(statement.text)}" would end the transaction that the file runs in`;
		throw new StatementError(`${place}: ${what}`, invalidTransactionTermination);
	}
	const problem = needsPsql(statement.text) ? psqlOnly : psqlCommandProblem(statement.text);
	if (problem !== undefined) throw new StatementError(`${place}: ${problem}`, featureNotSupported);
}

const invalidTransactionTermination = '2D000';
const featureNotSupported = '0A000';

/** A `StatementError` if the server rejected `statement`; any other error as it is. */
export function explainStatement(error: Error, { path, text }: SqlFile, statement: Statement): Error {
	if (!isServerError(error)) return error;
	const within = error.position === undefined ? 0 : indexOfCharacter(statement.text, Number(error.position));
	const { line, column } = locate(text, statement.index + within);
	const ownHint = hintFor({
		code: error.code,
		message: error.message,
		statement: statement.text,
		before: text.slice(0, statement.index),
	});
	const notes = [error.detail, error.hint, ownHint].flatMap((note) =>
		note === undefined ? [] : [`\n  ${note}`],
	);
	const message = `${path}:${line}:${column}: ${error.message}\n  in: ${excerpt(statement.text)}${notes.join('')}`;
	return new StatementError(message, error.code, { cause: error });
}

/** Connection failures have no severity. */
function isServerError(error: Error): error is PostgresError {
	return 'severity' in error && 'code' in error;
}
