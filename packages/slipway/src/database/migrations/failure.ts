import type { DatabaseError } from 'pg';
import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { hintOf } from '../server-hints.ts';
import { invalidIndexes } from './invalid-indexes.ts';
import { ledgerFault, readLedger } from './ledger.ts';
import { indexOfCharacter, locate } from './location.ts';
import { nameSome } from './name-some.ts';
import type { MigrationStep, Progress } from './progress.ts';
import { readOnlyFault } from './read-only.ts';
import type { Statement } from './statements.ts';
import type { MigrationTimeouts } from './timeouts.ts';

/** Where to ask, and what was allowed. */
interface Circumstances {
	readonly sql: Sql;
	readonly timeouts: Required<MigrationTimeouts>;
}

/**
 * The `SlipwayError` for the failure of a run: the place in the file, the server's words, and what is and
 * is not done.
 */
export async function explainFailure(
	error: unknown,
	progress: Progress,
	circumstances: Circumstances,
): Promise<unknown> {
	const { current, statement } = progress;
	if (current === undefined || !(error instanceof Error)) return error;
	if (!isServerError(error)) return await lostConnection(error, current, progress, circumstances.sql);
	const fault = progress.isNoting ? ledgerFault(error) : readOnlyFault(error);
	if (fault !== undefined) return withOutcome(fault, current, progress);
	const indexes = current.part.inTransaction ? [] : await invalidIndexes(circumstances.sql);
	return new SlipwayError(
		'migration-failed',
		[
			`${place(current, statement, error)}: ${error.message}`,
			...serverNotes(error),
			...indexes.map(
				({ name, table }) => `The index ${name} on ${table} is INVALID: unused, and kept up to date.`,
			),
			current.part.inTransaction ? 'Its transaction was rolled back.' : staysInPart,
			...outcome(progress),
		].join('\n'),
		[
			...indexes.map(({ name }) => `Remove the index: DROP INDEX CONCURRENTLY ${name};`),
			...hintsOf(error, current, statement),
			mend(error, progress, circumstances.timeouts),
		].join('\n'),
		{ cause: error },
	);
}

function hintsOf(
	{ code, message }: DatabaseError,
	{ script }: MigrationStep,
	statement: Statement | undefined,
): string[] {
	if (statement === undefined) return [];
	const before = script.file.text.slice(0, statement.index);
	return [hintOf({ code, message, statement: statement.text, before }) ?? []].flat();
}

/** The file is not to blame. */
function withOutcome(fault: SlipwayError, { part }: MigrationStep, progress: Progress): SlipwayError {
	return new SlipwayError(
		fault.code,
		[
			fault.message,
			progress.isNoting
				? `So ${part.file.path} ran to its end and could not be noted.`
				: `So ${part.file.path} could not run.`,
			part.inTransaction ? 'Its transaction was rolled back.' : staysInPart,
			...outcome(progress),
		].join('\n'),
		fault.hint,
		{ cause: fault.cause },
	);
}

const staysInPart =
	'It runs without a transaction: what it did before that statement stays, and running it again must allow for that.';

/** SQLSTATE classes 08 and 57P: the server or the connection went away, and the statement is not to blame. */
function isServerError(error: Error): error is DatabaseError {
	const { code, severity } = error as Partial<DatabaseError>;
	return severity !== undefined && code !== undefined && !/^(08|57P)/.test(code);
}

async function lostConnection(
	error: Error,
	{ script, part }: MigrationStep,
	progress: Progress,
	sql: Sql,
): Promise<SlipwayError> {
	const noted = await isNoted(sql, script.file.name);
	const applied = progress.direction === 'up' ? noted : noted === undefined ? undefined : !noted;
	return new SlipwayError(
		'connection-lost',
		[
			`the connection was lost in the middle of ${part.file.path}: ${error.message}`,
			applied === undefined
				? 'The database cannot be asked now whether its last statement was carried out.'
				: applied
					? 'Its end had reached the server: it is done.'
					: part.inTransaction
						? 'Its transaction was rolled back.'
						: staysInPart,
			...outcome(progress),
		].join('\n'),
		'See with scripts/migrate status what is applied, and run it again.',
		{ cause: error },
	);
}

async function isNoted(sql: Sql, name: string): Promise<boolean | undefined> {
	return await readLedger(sql).then(
		(entries) => entries.some((entry) => entry.name === name && entry.fault !== 'hash-only'),
		() => undefined,
	);
}

function place({ part }: MigrationStep, statement: Statement | undefined, error: DatabaseError): string {
	const { path, text } = part.file;
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

function outcome({ direction, done, ahead }: Progress): string[] {
	const verb = direction === 'up' ? 'applied' : 'reverted';
	return [
		...(done.length > 0 ? [`${verb} before it: ${nameSome(done)}`] : []),
		...(ahead.length > 0 ? [`not ${verb}: ${nameSome(ahead)}`] : []),
	];
}

/** SQLSTATE for a schema, table, column, function or other object that exists. */
const alreadyThere = ['42P06', '42P07', '42701', '42710', '42723'];

function mend(
	{ code, message }: DatabaseError,
	{ direction }: Progress,
	{ lockTimeout, statementTimeout }: Required<MigrationTimeouts>,
): string {
	if (code === '55P03')
		return `Run scripts/migrate ${direction} again when what holds the lock has ended (it is named above where it could be seen), or allow more than ${lockTimeout}: --lock-timeout, --lock-retries.`;
	if (code === '57014' && message.includes('statement timeout'))
		return `Make it do less at a time, or allow more than ${statementTimeout}: --statement-timeout, and 0 for no limit. It holds its locks for so long.`;
	if (code === '25001')
		return `Have it run without a transaction, alone in a file, by a marker that says so: -- ${direction === 'up' ? 'Up' : 'Down'} Migration, no transaction`;
	const mended = `Mend the file, then run scripts/migrate ${direction} again.`;
	return direction === 'up' && alreadyThere.includes(code ?? '')
		? `${mended} Where the database has all that it makes from elsewhere, note that it is applied: scripts/migrate stamp NAME.`
		: mended;
}
