import { SlipwayError } from '../../errors.ts';
import type { SqlFile } from '../sql-file.ts';
import { excerpt } from './excerpt.ts';
import type { MigrationFile } from './files.ts';
import { locate } from './location.ts';
import { psqlCommandFault, withoutRows } from './psql.ts';
import { type Fault, readSections, type Section } from './sections.ts';
import { endsTransaction, firstTokens, psqlOnly, wantsPsql } from './statements.ts';

/** What a migration says. */
export interface MigrationScript {
	readonly file: MigrationFile;
	readonly up: ScriptPart;
	/** Without it the migration cannot be reverted. */
	readonly down: ScriptPart | undefined;
}

/** `inTransaction` is false for what PostgreSQL runs only outside one, such as CREATE INDEX CONCURRENTLY. */
export interface ScriptPart extends Section {
	readonly file: SqlFile;
}

/** Parses `files`. Throws `invalid-migrations` naming the faults with their files and lines. */
export function parseScripts(files: readonly MigrationFile[]): readonly MigrationScript[] {
	const parsed = files.map(parseScript);
	const faults = parsed.flatMap((each) => each.faults);
	if (faults.length > 0)
		throw new SlipwayError('invalid-migrations', describe(faults), 'Fix the files. Nothing was run.');
	return parsed.map((each) => each.script);
}

interface FileFault extends Fault {
	readonly file: SqlFile;
}

/** A file that is no migration at all may have a fault on every line. */
const mostFaults = 50;

function describe(faults: readonly FileFault[]): string {
	const lines = faults.slice(0, mostFaults).map(({ file, index, message }) => {
		const { line, column } = locate(file.text, index);
		return `${file.path}:${line}:${column}: ${message}`;
	});
	if (faults.length > mostFaults) lines.push(`and ${faults.length - mostFaults} more`);
	return lines.join('\n');
}

interface Parsed {
	readonly script: MigrationScript;
	readonly faults: readonly FileFault[];
}

function parseScript(file: MigrationFile): Parsed {
	const sources = file.down === undefined ? [file] : [file, file.down];
	const read = sources.map((source) => ({ source, ...readSections(source) }));
	const parts = read.flatMap(({ source, sections }) => sections.map((each) => ({ ...each, file: source })));
	const partOf = (direction: string) => parts.findLast((part) => part.direction === direction);
	const [up, down] = [partOf('up') ?? emptyPart(file), partOf('down')];
	const faults = read.flatMap(({ source, faults }) =>
		[...characterFaults(source.text), ...faults].map((fault) => ({ ...fault, file: source })),
	);
	faults.push(...[up, down].flatMap((part) => partFaults(part)));
	if (up.statements.length === 0)
		faults.push({ file, index: 0, message: 'it has no statement after "-- Up Migration"' });
	return { script: { file, up, down: down?.statements.length ? down : undefined }, faults };
}

const emptyPart = (file: SqlFile): ScriptPart => ({
	file,
	direction: 'up',
	statements: [],
	start: 0,
	inTransaction: true,
});

/** The server would take it for the end of the message, and close the connection. */
function characterFaults(text: string): Fault[] {
	const index = text.indexOf('\0');
	return index < 0 ? [] : [{ index, message: 'a NUL character, which PostgreSQL takes nowhere' }];
}

function partFaults(part: ScriptPart | undefined): FileFault[] {
	if (part === undefined) return [];
	return withoutRows(part.file.text, part.statements).flatMap(({ index, text }) => {
		const message = statementFault(text);
		return message === undefined ? [] : [{ file: part.file, index, message }];
	});
}

function statementFault(text: string): string | undefined {
	if (endsTransaction(text))
		return `"${excerpt(firstTokens(text, 3).join(' '))}" would break up the transaction that each migration runs in`;
	return wantsPsql(text) ? psqlOnly : psqlCommandFault(text);
}
