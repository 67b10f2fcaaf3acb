import { basename } from 'node:path';
import type { SqlFile } from '../sql-file.ts';
import { excerpt } from './excerpt.ts';
import { type FileContent, parseFileName } from './file-name.ts';
import { type Direction, type Marker, readForeignMarker, readMarker } from './markers.ts';
import { splitScript } from './psql.ts';
import { readComments, type Statement } from './statements.ts';

/** A part of a migration's file, or all of it. */
export interface Section {
	readonly direction: Direction;
	readonly inTransaction: boolean;
	/** Where in the file it begins. */
	readonly start: number;
	/** Their `index` counts from the start of the file. */
	readonly statements: readonly Statement[];
}

export interface Fault {
	readonly index: number;
	readonly message: string;
}

interface Sections {
	readonly sections: readonly Section[];
	readonly faults: readonly Fault[];
}

/** A file of a pair is one section. Any other is divided by its markers, and without any it is an up part. */
export function readSections({ path, text }: SqlFile): Sections {
	const { content } = parseFileName(basename(path));
	const comments = readComments(text);
	const markers = comments.flatMap((comment) => placeMarker(comment, text) ?? []);
	const { sections, faults } = content === 'both' ? divide(text, markers) : takeWhole(text, markers, content);
	const statements = sections.flatMap((section) => section.statements);
	const places = new Set(markers.map(({ index }) => index));
	const candidates = outside(statements, comments).filter(({ index }) => !places.has(index));
	const foreign = candidates.flatMap((comment) => foreignFault(comment, text, content) ?? []);
	return { sections, faults: [...faults, ...foreign] };
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
	if (markers.length === 0) return { sections: [section(text, 'up', 0, text.length, true)], faults: [] };
	const faults: Fault[] = [];
	const [stray] = splitScript(text.slice(0, markers[0]?.index));
	if (stray !== undefined)
		faults.push({
			index: stray.index,
			message: 'a statement before the first "-- Up Migration" or "-- Down Migration"',
		});
	const seen = new Set<Direction>();
	const sections = markers.map(({ direction, remark, index, end }, position) => {
		if (seen.has(direction)) faults.push({ index, message: `a second ${direction} part` });
		seen.add(direction);
		if (remark !== '' && remark !== noTransaction)
			faults.push({ index, message: `"${excerpt(remark)}" means nothing here; "${noTransaction}" would` });
		return section(
			text,
			direction,
			end,
			markers[position + 1]?.index ?? text.length,
			remark !== noTransaction,
		);
	});
	return { sections, faults };
}

/** Its marker, if it has one, says no more than its name, but for the transaction. */
function takeWhole(text: string, markers: readonly PlacedMarker[], content: Direction): Sections {
	const { own = [], others = [] } = Object.groupBy(markers, ({ direction }) =>
		direction === content ? 'own' : 'others',
	);
	const inTransaction = own.every(({ remark }) => remark !== noTransaction);
	return {
		sections: [section(text, content, 0, text.length, inTransaction)],
		faults: others.map(({ direction, index }) => ({
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

/** The comments that are in none of the statements, both in the order of their places. */
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

/** For a comment that is no marker here, but may be meant as one. In a file of a pair its own direction does no harm. */
function foreignFault(
	{ text: comment, index }: Statement,
	text: string,
	content: FileContent,
): Fault | undefined {
	const shown = `"${excerpt(comment)}"`;
	if (!startsLine(text, index)) {
		if (!['', noTransaction].includes(readMarker(comment)?.remark ?? 'none')) return undefined;
		return { index, message: `${shown} has to be on a line of its own` };
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
	return { index, message: `${shown} ${what}, and only a comment here: ${fix}` };
}
