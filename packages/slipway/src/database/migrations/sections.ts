import { basename } from 'node:path';
import type { SqlFile } from '../sql-file.ts';
import { excerpt } from './excerpt.ts';
import { type FileContent, parseFileName } from './file-name.ts';
import { type Direction, type Marker, readForeignMarker, readMarker } from './markers.ts';
import { splitScript } from './psql.ts';
import { readComments, type Statement } from './statements.ts';

/** Part of a migration file, or all of it. */
export interface Section {
	readonly direction: Direction;
	readonly inTransaction: boolean;
	/** Where it starts in the file. */
	readonly start: number;
	/** Their `index` is relative to the start of the file. */
	readonly statements: readonly Statement[];
}

export interface Problem {
	readonly index: number;
	readonly message: string;
	/** What to write instead, unless the file is written for `tool`. */
	readonly fix?: string;
	/** The tool that the file seems to be written for. */
	readonly tool?: string;
}

interface Sections {
	readonly sections: readonly Section[];
	readonly problems: readonly Problem[];
}

/**
 * A file of a pair is one section. Any other file is divided by its markers; without any, it is an up part.
 */
export function readSections({ path, text }: SqlFile): Sections {
	const { content } = parseFileName(basename(path));
	const comments = readComments(text);
	const markers = comments.flatMap((comment) => placeMarker(comment, text) ?? []);
	const { sections, problems } =
		content === 'both' ? divide(text, markers) : takeWhole(text, markers, content);
	const statements = sections.flatMap((section) => section.statements);
	const markerIndexes = new Set(markers.map(({ index }) => index));
	const candidates = outside(statements, comments).filter(({ index }) => !markerIndexes.has(index));
	const foreign = candidates.flatMap((comment) => foreignMarkerProblem(comment, text, content) ?? []);
	return { sections, problems: [...problems, ...foreign] };
}

interface PlacedMarker extends Marker {
	readonly index: number;
	readonly end: number;
}

function placeMarker({ text: comment, index }: Statement, text: string): PlacedMarker | undefined {
	const marker = readMarker(comment);
	return marker && startsLine(text, index) ? { ...marker, index, end: index + comment.length } : undefined;
}

function startsLine(text: string, index: number): boolean {
	let before = index - 1;
	while (before >= 0 && ' \t\f\v'.includes(text.charAt(before))) before -= 1;
	return before < 0 || '\n\r'.includes(text.charAt(before));
}

const noTransaction = 'no transaction';

function divide(text: string, markers: readonly PlacedMarker[]): Sections {
	if (markers.length === 0) return { sections: [section(text, 'up', 0, text.length, true)], problems: [] };
	const problems: Problem[] = [];
	const [stray] = splitScript(text.slice(0, markers[0]?.index));
	if (stray !== undefined)
		problems.push({
			index: stray.index,
			message: 'a statement before the first "-- Up Migration" or "-- Down Migration"',
		});
	const seen = new Set<Direction>();
	const sections = markers.map(({ direction, remark, index, end }, position) => {
		if (seen.has(direction)) problems.push({ index, message: `a second ${direction} part` });
		seen.add(direction);
		if (remark !== '' && remark !== noTransaction)
			problems.push({
				index,
				message: `"${excerpt(remark)}" is not an option of a section; "${noTransaction}" is`,
			});
		return section(
			text,
			direction,
			end,
			markers[position + 1]?.index ?? text.length,
			remark !== noTransaction,
		);
	});
	return { sections, problems };
}

/** A marker in such a file, if any, only adds whether to use a transaction. */
function takeWhole(text: string, markers: readonly PlacedMarker[], content: Direction): Sections {
	const { own = [], others = [] } = Object.groupBy(markers, ({ direction }) =>
		direction === content ? 'own' : 'others',
	);
	const inTransaction = own.every(({ remark }) => remark !== noTransaction);
	return {
		sections: [section(text, content, 0, text.length, inTransaction)],
		problems: others.map(({ direction, index }) => ({
			index,
			message: `a ${direction} part in a .${content}.sql file: move it to the .${direction}.sql file`,
		})),
	};
}

function section(
	text: string,
	direction: Direction,
	start: number,
	end: number,
	inTransaction: boolean,
): Section {
	const statements = splitScript(text.slice(start, end));
	return {
		direction,
		start,
		inTransaction,
		statements: statements.map((statement) => ({ ...statement, index: statement.index + start })),
	};
}

/** The comments outside all statements; both are in the order of their positions. */
function outside(statements: readonly Statement[], comments: readonly Statement[]): readonly Statement[] {
	let next = 0;
	return comments.filter(({ index }) => {
		while (next < statements.length && endOf(statements[next]) <= index) next += 1;
		const statement = statements[next];
		return statement === undefined || index < statement.index;
	});
}

const endOf = (statement: Statement | undefined) =>
	statement === undefined ? 0 : statement.index + statement.text.length;

/**
 * For a comment that is not a marker here, but may be meant as one. In a file of a pair, its own direction is
 * fine.
 */
function foreignMarkerProblem(
	{ text: comment, index }: Statement,
	text: string,
	content: FileContent,
): Problem | undefined {
	const shown = `"${excerpt(comment)}"`;
	if (!startsLine(text, index)) {
		if (!['', noTransaction].includes(readMarker(comment)?.remark ?? 'none')) return undefined;
		return { index, message: `${shown} has to be on its own line` };
	}
	const foreign = readForeignMarker(comment);
	if (foreign === undefined || (foreign.tool === undefined && foreign.direction === content))
		return undefined;
	const what =
		foreign.tool === undefined ? 'looks like a section marker' : `is a section marker of ${foreign.tool}`;
	const fix =
		foreign.instead === undefined
			? 'remove it, and mark the parts with "-- Up Migration" and "-- Down Migration"'
			: `write "${foreign.instead}"`;
	const message = `${shown} ${what}, but only a comment here`;
	return { index, message, fix, ...(foreign.tool !== undefined && { tool: foreign.tool }) };
}
