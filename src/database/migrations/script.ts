import { SlipwayError } from '../../errors.ts';
import type { MigrationFile } from './files.ts';
import { locate } from './location.ts';
import {
	endsTransaction,
	psqlOnly,
	readComments,
	type Statement,
	splitStatements,
	wantsPsql,
} from './statements.ts';

/** What a migration file says. */
export interface MigrationScript {
	readonly file: MigrationFile;
	readonly up: ScriptPart;
	/** Without it the migration cannot be reverted. */
	readonly down: ScriptPart | undefined;
}

export interface ScriptPart {
	/** Their `index` counts from the start of the file. */
	readonly statements: readonly Statement[];
	/** Where in the file it begins. */
	readonly start: number;
	/** False for what PostgreSQL runs only outside a transaction, such as CREATE INDEX CONCURRENTLY. */
	readonly inTransaction: boolean;
}

/** Parses `files`. Throws `invalid-migrations` naming every fault with its file and line. */
export function parseScripts(files: readonly MigrationFile[]): readonly MigrationScript[] {
	const parsed = files.map(parseScript);
	const faults = parsed.flatMap((each) => each.faults);
	if (faults.length > 0)
		throw new SlipwayError('invalid-migrations', faults.join('\n'), 'Mend the files; nothing was run.');
	return parsed.map((each) => each.script);
}

interface Parsed {
	readonly script: MigrationScript;
	readonly faults: readonly string[];
}

function parseScript(file: MigrationFile): Parsed {
	const sections = findSections(file.text);
	const parts = new Map(sections.map((section) => [section.direction, parsePart(file.text, section)]));
	const up = parts.get('up') ?? { statements: [], start: 0, inTransaction: true };
	const down = parts.get('down');
	const faults = [
		...characterFaults(file.text),
		...sectionFaults(file.text, sections),
		...[up, down].flatMap((part) => partFaults(part)),
	];
	if (up.statements.length === 0)
		faults.push({ index: 0, message: 'it has no statement after "-- Up Migration"' });
	return {
		script: { file, up, down: down?.statements.length ? down : undefined },
		faults: faults.map(({ index, message }) => {
			const { line, column } = locate(file.text, index);
			return `${file.path}:${line}:${column}: ${message}`;
		}),
	};
}

interface Fault {
	readonly index: number;
	readonly message: string;
}

interface Section {
	readonly direction: string;
	/** What follows the marker on its line. */
	readonly remark: string;
	readonly marker: number;
	readonly start: number;
	readonly end: number;
}

/** node-pg-migrate's markers, each a line of its own. A file without any is an up part that cannot be reverted. */
const marker = /^--[ \t-]*(up|down)[ \t]+migration\b(.*)$/i;

function findSections(text: string): readonly Section[] {
	const markers = readComments(text).flatMap(({ text: comment, index }) => {
		const match = marker.exec(comment);
		return match !== null && startsLine(text, index) ? [{ match, index }] : [];
	});
	if (markers.length === 0) return [{ direction: 'up', remark: '', marker: 0, start: 0, end: text.length }];
	return markers.map(({ match, index }, position) => ({
		direction: (match[1] ?? '').toLowerCase(),
		remark: (match[2] ?? '').replace(/^[\s:,(-]+|[\s).-]+$/g, '').toLowerCase(),
		marker: index,
		start: index + match[0].length,
		end: markers[position + 1]?.index ?? text.length,
	}));
}

const startsLine = (text: string, index: number) =>
	text.slice(text.lastIndexOf('\n', index) + 1, index).trim() === '';

const noTransaction = 'no transaction';

function parsePart(text: string, { start, end, remark }: Section): ScriptPart {
	const statements = splitStatements(text.slice(start, end));
	return {
		start,
		statements: statements.map((statement) => ({ ...statement, index: statement.index + start })),
		inTransaction: remark !== noTransaction,
	};
}

function sectionFaults(text: string, sections: readonly Section[]): Fault[] {
	const faults: Fault[] = [];
	const [stray] = splitStatements(text.slice(0, sections[0]?.marker));
	if (stray !== undefined)
		faults.push({
			index: stray.index,
			message: 'a statement before the first "-- Up Migration" or "-- Down Migration"',
		});
	for (const [position, { direction, remark, marker }] of sections.entries()) {
		if (sections.slice(0, position).some((earlier) => earlier.direction === direction))
			faults.push({ index: marker, message: `a second ${direction} part` });
		if (remark !== '' && remark !== noTransaction)
			faults.push({ index: marker, message: `"${remark}" means nothing here; "${noTransaction}" would` });
	}
	return faults;
}

/** The server would take it for the end of the message, and close the connection. */
function characterFaults(text: string): Fault[] {
	const index = text.indexOf('\0');
	return index < 0 ? [] : [{ index, message: 'a NUL character, which PostgreSQL takes nowhere' }];
}

function partFaults(part: ScriptPart | undefined): Fault[] {
	return (part?.statements ?? []).flatMap(({ index, text }) => {
		const message = statementFault(text);
		return message === undefined ? [] : [{ index, message }];
	});
}

function statementFault(text: string): string | undefined {
	if (endsTransaction(text))
		return `"${text.split(/\s+/, 3).join(' ')}" would break up the transaction that each migration runs in`;
	return wantsPsql(text) ? psqlOnly : undefined;
}
