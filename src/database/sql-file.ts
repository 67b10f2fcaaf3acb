import type { PostgresError, Sql } from 'postgres';
import { transactAfresh } from './fresh-transaction.ts';
import { indexOfCharacter, locate } from './migrations/location.ts';
import { endsTransaction, type Statement, splitStatements } from './migrations/statements.ts';

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

/** Runs the statements of a file in one transaction, whatever another file set in the session. Throws `StatementFailure`, whose message names file, line and column. */
export async function runSqlFile(sql: Sql, file: SqlFile): Promise<void> {
	const statements = splitStatements(file.text);
	const end = statements.find(({ text }) => endsTransaction(text));
	if (end !== undefined) throw refuseEnd(file, end);
	await transactAfresh(sql, async (transaction) => {
		for (const statement of statements)
			await transaction.unsafe(statement.text).catch((error: Error) => {
				throw explain(error, file, statement);
			});
	});
}

/** Of what came before it nothing could be rolled back any more. */
function refuseEnd({ path, text }: SqlFile, statement: Statement): StatementFailure {
	const { line, column } = locate(text, statement.index);
	const what = `"${firstLine(statement.text)}" would break up the transaction that the file runs in`;
	return new StatementFailure(`${path}:${line}:${column}: ${what}`, invalidTransactionTermination);
}

const invalidTransactionTermination = '2D000';

function explain(error: Error, { path, text }: SqlFile, statement: Statement): Error {
	if (!isServerError(error)) return error;
	const within = error.position === undefined ? 0 : indexOfCharacter(statement.text, Number(error.position));
	const { line, column } = locate(text, statement.index + within);
	const notes = [error.detail, error.hint].flatMap((note) => (note === undefined ? [] : [`\n  ${note}`]));
	const message = `${path}:${line}:${column}: ${error.message}\n  in: ${firstLine(statement.text)}${notes.join('')}`;
	return new StatementFailure(message, error.code, { cause: error });
}

/** The connection's own failures have no severity. */
function isServerError(error: Error): error is PostgresError {
	return 'severity' in error && 'code' in error;
}

function firstLine(text: string): string {
	const [line = '', ...rest] = text.split('\n');
	return rest.length === 0 ? line : `${line} …`;
}
