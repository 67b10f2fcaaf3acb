import type { DatabaseError } from 'pg';
import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { placeInStack } from '../place-in-stack.ts';
import { hintFor, isMissingExtension } from '../server-hints.ts';
import { excerpt } from './excerpt.ts';
import { invalidIndexes } from './invalid-indexes.ts';
import { ledgerError, readLedger } from './ledger.ts';
import { indexOfCharacter, locate } from './location.ts';
import { nameSome } from './name-some.ts';
import { ProgramError } from './program.ts';
import type { MigrationStep, Progress } from './progress.ts';
import { readOnlyError } from './read-only.ts';
import type { Statement } from './statements.ts';
import type { MigrationTimeouts } from './timeouts.ts';

interface Context {
	/** A session beside the one that failed. */
	readonly sql: Sql;
	readonly timeouts: Required<MigrationTimeouts>;
}

/**
 * The `SlipwayError` for a failed run: the location in the file, the server's message, and which migrations
 * were and were not applied.
 */
export async function explainFailure(error: unknown, progress: Progress, context: Context): Promise<unknown> {
	const { current, statement } = progress;
	if (current === undefined || !(error instanceof Error)) return error;
	if (error instanceof ProgramError) return programFailed(error, current, progress);
	if (!isServerError(error)) return await lostConnection(error, current, progress, context.sql);
	const ownError = progress.isRecording ? ledgerError(error) : readOnlyError(error);
	if (ownError !== undefined) return withOutcome(ownError, current, progress);
	const indexes = progress.inTransaction ? [] : await invalidIndexes(context.sql);
	return new SlipwayError(
		isMissingExtension(error) ? 'no-extension' : 'migration-failed',
		[
			`${place(current, statement, error)}: ${error.message}`,
			...(progress.sent === undefined ? [] : [`  in: ${excerpt(progress.sent.trim())}`]),
			...serverNotes(error),
			...indexes.map(
				({ name, table }) =>
					`The index ${name} on ${table} is INVALID: it is not used, but still updated on every write.`,
			),
			progress.inTransaction ? 'Its transaction was rolled back.' : staysInPart,
			...outcome(progress),
		].join('\n'),
		[
			...indexes.map(({ name }) => `Remove the index: DROP INDEX CONCURRENTLY ${name};`),
			...hintsOf(error, current, statement),
			fixFor(error, progress, context.timeouts),
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
	return [hintFor({ code, message, statement: statement.text, before }) ?? []].flat();
}

/** For errors that the migration's file did not cause. */
function withOutcome(error: SlipwayError, { part }: MigrationStep, progress: Progress): SlipwayError {
	return new SlipwayError(
		error.code,
		[
			error.message,
			progress.isRecording
				? `${part.file.path} ran to the end but could not be recorded in the ledger.`
				: `${part.file.path} could not run.`,
			progress.inTransaction ? 'Its transaction was rolled back.' : staysInPart,
			...outcome(progress),
		].join('\n'),
		error.hint,
		{ cause: error.cause },
	);
}

const staysInPart =
	'It runs without a transaction: the effects of earlier statements remain, and running it again must allow for them.';

function programFailed({ cause }: ProgramError, { part }: MigrationStep, progress: Progress): SlipwayError {
	const { path } = part.file;
	// The column is that of what TypeScript was turned into.
	const line = placeInStack(cause, path).replace(/:\d+$/, '');
	return new SlipwayError(
		'migration-failed',
		[
			`${path}${line}: ${cause.message}`,
			progress.inTransaction ? 'Its transaction was rolled back.' : staysInPart,
			...outcome(progress),
		].join('\n'),
		`Fix the file, then run npx slipway migrate ${progress.direction} again.`,
		{ cause },
	);
}

/** In SQLSTATE classes 08 and 57P, the server or the connection went away; the statement is not the cause. */
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
	const recorded = await isRecorded(sql, script.file.name);
	const applied = progress.direction === 'up' ? recorded : recorded === undefined ? undefined : !recorded;
	return new SlipwayError(
		'connection-lost',
		[
			`the connection was lost while ${part.file.path} ran: ${error.message}`,
			applied === undefined
				? 'The database cannot be reached now, so it is unknown whether the last statement took effect.'
				: applied
					? 'It had reached the server in full and is done.'
					: progress.inTransaction
						? 'Its transaction was rolled back.'
						: staysInPart,
			...outcome(progress),
		].join('\n'),
		'See what is applied with npx slipway migrate status, then run it again.',
		{ cause: error },
	);
}

async function isRecorded(sql: Sql, name: string): Promise<boolean | undefined> {
	return await readLedger(sql).then(
		(entries) => entries.some((entry) => entry.name === name && entry.inconsistency !== 'hash-only'),
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
		...(done.length > 0 ? [`${verb} before: ${nameSome(done)}`] : []),
		...(ahead.length > 0 ? [`not ${verb}: ${nameSome(ahead)}`] : []),
	];
}

/** SQLSTATE for a schema, table, column, function or other object that already exists. */
const alreadyExists = ['42P06', '42P07', '42701', '42710', '42723'];

function fixFor(
	{ code, message }: DatabaseError,
	progress: Progress,
	{ lockTimeout, statementTimeout }: Required<MigrationTimeouts>,
): string {
	const { direction } = progress;
	if (code === '55P03')
		return `Run npx slipway migrate ${direction} again once the session that holds the lock has ended (it is named above if it was found), or wait longer than ${lockTimeout}: --lock-timeout, --lock-retries.`;
	if (code === '57014' && message.includes('statement timeout'))
		return `Split the statement into smaller ones, or allow more than ${statementTimeout}: --statement-timeout, 0 for no limit. It holds its locks for as long as it runs.`;
	if (code === '53100')
		return `Free some space on the disk of the server, then run npx slipway migrate ${direction} again.`;
	if (code === '25001' && progress.current?.part.program !== undefined)
		return 'Call pgm.noTransaction() in the function, and keep such a statement alone in its file.';
	if (code === '25001')
		return `Run it without a transaction, alone in a file, with this marker: -- ${direction === 'up' ? 'Up' : 'Down'} Migration, no transaction`;
	const fixFile = `Fix the file, then run npx slipway migrate ${direction} again.`;
	return direction === 'up' && alreadyExists.includes(code ?? '')
		? `${fixFile} If the database already has everything that it creates, record it as applied: npx slipway migrate stamp NAME.`
		: fixFile;
}
