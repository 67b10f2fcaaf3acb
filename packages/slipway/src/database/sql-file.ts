import type { PostgresError, Sql } from 'postgres';
import { transactAfresh } from './fresh-transaction.ts';
import { excerpt } from './migrations/excerpt.ts';
import { indexOfCharacter, locate } from './migrations/location.ts';
import { psqlCommandFault, splitScript } from './migrations/psql.ts';
import { endsTransaction, psqlOnly, type Statement, wantsPsql } from './migrations/statements.ts';
import { hintOf } from './server-hints.ts';

/** SQL as it lies on the disk. */
export interface SqlFile {
	/** In the words of whoever named its directory. */
	readonly path: string;
	readonly text: string;
}

/** What the server says of a statement, or would if it were run, and where that stands. */
export class StatementFailure extends Error {
	override readonly name = 'StatementFailure';
	/** SQLSTATE. */
	readonly code: string;

	constructor(message: string, code: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/**
 * Runs the statements of a file in one transaction, whatever another file set in the session. Throws `StatementFailure`,
 * whose message names file, line and column.
 */
export async function runSqlFile(sql: Sql, file: SqlFile): Promise<void> {
	const statements = splitScript(file.text);
	for (const statement of statements) refuse(file, statement);
	await transactAfresh(sql, async (transaction) => {
		for (const statement of statements)
			await transaction.unsafe(statement.text).catch((error: Error) => {
				throw explain(error, file, statement);
			});
	});
}

/** Throws for what cannot run in a transaction that is rolled back as a whole, and for what no client but psql can run. */
function refuse({ path, text }: SqlFile, statement: Statement): void {
	const { line, column } = locate(text, statement.index);
	const place = `${path}:${line}:${column}`;
	if (endsTransaction(statement.text)) {
		const what = `"${excerpt(statement.text)}" would break up the transaction that the file runs in`;
		throw new StatementFailure(`${place}: ${what}`, invalidTransactionTermination);
	}
	const fault = wantsPsql(statement.text) ? psqlOnly : psqlCommandFault(statement.text);
	if (fault !== undefined) throw new StatementFailure(`${place}: ${fault}`, featureNotSupported);
}

const invalidTransactionTermination = '2D000';
const featureNotSupported = '0A000';

function explain(error: Error, { path, text }: SqlFile, statement: Statement): Error {
	if (!isServerError(error)) return error;
	const within = error.position === undefined ? 0 : indexOfCharacter(statement.text, Number(error.position));
	const { line, column } = locate(text, statement.index + within);
	const ours = hintOf({
		code: error.code,
		message: error.message,
		statement: statement.text,
		before: text.slice(0, statement.index),
	});
	const notes = [error.detail, error.hint, ours].flatMap((note) =>
		note === undefined ? [] : [`\n  ${note}`],
	);
	const message = `${path}:${line}:${column}: ${error.message}\n  in: ${excerpt(statement.text)}${notes.join('')}`;
	return new StatementFailure(message, error.code, { cause: error });
}

/** The connection's own failures have no severity. */
function isServerError(error: Error): error is PostgresError {
	return 'severity' in error && 'code' in error;
}
