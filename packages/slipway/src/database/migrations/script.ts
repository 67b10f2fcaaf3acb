import { dirname } from 'node:path';
import { suggestForFolder } from '../../detection/index.ts';
import { SlipwayError } from '../../errors.ts';
import type { SqlFile } from '../sql-file.ts';
import { excerpt } from './excerpt.ts';
import { foreignFix } from './file-name.ts';
import type { MigrationFile } from './files.ts';
import { locate } from './location.ts';
import type { ProgramPart } from './program.ts';
import { psqlCommandProblem, withoutRows } from './psql.ts';
import { type Problem, readSections, type Section } from './sections.ts';
import { endsTransaction, firstTokens, needsPsql, psqlOnly } from './statements.ts';

/** A parsed migration. */
export interface MigrationScript {
	readonly file: MigrationFile;
	readonly up: ScriptPart;
	/** Without it, the migration cannot be reverted. */
	readonly down: ScriptPart | undefined;
}

/**
 * `inTransaction` is false for statements that PostgreSQL only runs outside one, such as CREATE INDEX
 * CONCURRENTLY.
 */
export interface ScriptPart extends Section {
	readonly file: SqlFile;
	/** Of JavaScript or TypeScript, which has no statements until it runs. */
	readonly program?: ProgramPart;
}

/** Parses `files`. Throws `invalid-migrations`, naming the problems with their files and lines. */
export function parseScripts(files: readonly MigrationFile[]): readonly MigrationScript[] {
	const parsed = files.map(parseScript);
	const problems = parsed.flatMap((each) => each.problems);
	refuseProblems(problems);
	return parsed.map((each) => each.script);
}

/** A problem and the file that has it. */
export interface FileProblem extends Problem {
	readonly file: SqlFile;
}

/** Throws `invalid-migrations`, naming `problems` with their files and lines, if there are any. */
export function refuseProblems(problems: readonly FileProblem[]): void {
	if (problems.length === 0) return;
	const foreign = foreignFolderFix(problems);
	const described = foreign === undefined ? problems : problems.map(({ fix, ...problem }) => problem);
	throw new SlipwayError(
		'invalid-migrations',
		describe(described),
		foreign ?? 'Fix the files. Nothing was run.',
	);
}

/** Files with the markers of another tool are to be applied as they are. */
function foreignFolderFix(problems: readonly FileProblem[]): string | undefined {
	const foreign = problems.find(({ tool }) => tool !== undefined);
	const suggested = foreign && suggestForFolder(dirname(foreign.file.path));
	if (suggested?.tool !== foreign?.tool) return undefined;
	return suggested && foreignFix(suggested);
}

/** A file that is not a migration at all may have a problem on every line. */
const maxListed = 50;

function describe(problems: readonly FileProblem[]): string {
	const lines = problems.slice(0, maxListed).map(({ file, index, message, fix }) => {
		const { line, column } = locate(file.text, index);
		return `${file.path}:${line}:${column}: ${fix === undefined ? message : `${message}: ${fix}`}`;
	});
	if (problems.length > maxListed) lines.push(`and ${problems.length - maxListed} more`);
	return lines.join('\n');
}

interface Parsed {
	readonly script: MigrationScript;
	readonly problems: readonly FileProblem[];
}

function parseScript(file: MigrationFile): Parsed {
	const sources = file.down === undefined ? [file] : [file, file.down];
	const read = sources.map((source) => ({ source, ...readSections(source) }));
	const parts = read.flatMap(({ source, sections }) => sections.map((each) => ({ ...each, file: source })));
	const partOf = (direction: string) => parts.findLast((part) => part.direction === direction);
	const [up, down] = [partOf('up') ?? emptyPart(file), partOf('down')];
	const problems = read.flatMap(({ source, problems }) =>
		[...characterProblems(source.text), ...problems].map((problem) => ({ ...problem, file: source })),
	);
	problems.push(...[up, down].flatMap((part) => partProblems(part)));
	if (up.statements.length === 0)
		problems.push({ file, index: 0, message: 'there is no statement after "-- Up Migration"' });
	return { script: { file, up, down: down?.statements.length ? down : undefined }, problems };
}

const emptyPart = (file: SqlFile): ScriptPart => ({
	file,
	direction: 'up',
	statements: [],
	start: 0,
	inTransaction: true,
});

/** The server would take NUL as the end of the message, and close the connection. */
export function characterProblems(text: string): Problem[] {
	const index = text.indexOf('\0');
	return index < 0 ? [] : [{ index, message: 'a NUL character, which PostgreSQL does not accept anywhere' }];
}

function partProblems(part: ScriptPart | undefined): FileProblem[] {
	if (part === undefined) return [];
	return withoutRows(part.file.text, part.statements).flatMap(({ index, text }) => {
		const message = statementProblem(text);
		return message === undefined ? [] : [{ file: part.file, index, message }];
	});
}

function statementProblem(text: string): string | undefined {
	if (endsTransaction(text))
		return `"${excerpt(firstTokens(text, 3).join(' '))}" would end the transaction that the migration runs in`;
	return needsPsql(text) ? psqlOnly : psqlCommandProblem(text);
}
