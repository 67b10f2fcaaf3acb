export type TokenKind = 'blank' | 'comment' | 'quoted' | 'dollar' | 'word' | 'number' | 'other';

export interface Token {
	readonly kind: TokenKind;
	readonly text: string;
	readonly index: number;
}

/**
 * The tokens that decide where a statement ends, by PostgreSQL's own rules (scan.l). An unterminated token
 * runs to the end, and the server reports it. Each character is read once and no pattern repeats over the
 * text, because such regular expressions overflow their stack on a literal of several megabytes.
 */
export function* readTokens(sql: string): Generator<Token> {
	for (let index = 0; index < sql.length; ) {
		const [kind, end] = tokenAt(sql, index);
		yield { kind, index, text: sql.slice(index, end) };
		index = end;
	}
}

/** The tokens without blanks and comments. */
export function* readSignificantTokens(sql: string): Generator<Token> {
	for (const token of readTokens(sql)) if (token.kind !== 'blank' && token.kind !== 'comment') yield token;
}

type Ending = readonly [kind: TokenKind, end: number];

function tokenAt(sql: string, start: number): Ending {
	const character = sql.charAt(start);
	if (isBlank(character)) return ['blank', endOfRun(sql, start, isBlank)];
	if (sql.startsWith('--', start)) return ['comment', endOfLine(sql, start)];
	if (sql.startsWith('/*', start)) return blockComment(sql, start);
	if (character === "'" || character === '"') return ['quoted', endOfQuoted(sql, start + 1, character)];
	if (isEscapeString(sql, start)) return ['quoted', endOfEscapeString(sql, start + 2)];
	if (character === '$') return dollarQuoted(sql, start);
	if (isNameStart(character)) return ['word', endOfRun(sql, start, isNamePart)];
	if (isDigit(character)) return ['number', endOfRun(sql, start, isNumberPart)];
	return ['other', start + 1];
}

const isBlank = (character: string) => ' \t\n\r\f\v'.includes(character);
const isDigit = (character: string) => character >= '0' && character <= '9';
/** Every non-ASCII character can be part of a name, even one that looks like a blank. */
const isNameStart = (character: string) =>
	(character >= 'a' && character <= 'z') ||
	(character >= 'A' && character <= 'Z') ||
	character === '_' ||
	character >= '\u0080';
const isTagPart = (character: string) => isNameStart(character) || isDigit(character);
const isNamePart = (character: string) => isTagPart(character) || character === '$';
const isNumberPart = (character: string) => isTagPart(character) || character === '.';

function endOfRun(sql: string, start: number, belongs: (character: string) => boolean): number {
	let end = start;
	while (end < sql.length && belongs(sql.charAt(end))) end += 1;
	return end;
}

function endOfLine(sql: string, start: number): number {
	const ends = /[\n\r]/g;
	ends.lastIndex = start;
	return ends.exec(sql)?.index ?? sql.length;
}

/** Comments nest. An unterminated one does not count as a comment, so that the server reports it. */
function blockComment(sql: string, start: number): Ending {
	const marks = /\/\*|\*\//g;
	marks.lastIndex = start;
	let depth = 0;
	for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
		depth += mark[0] === '/*' ? 1 : -1;
		if (depth === 0) return ['comment', marks.lastIndex];
	}
	return ['other', sql.length];
}

/** A doubled quote stands for the quote itself. */
function endOfQuoted(sql: string, start: number, quote: string): number {
	let end = sql.indexOf(quote, start);
	while (end >= 0 && sql.charAt(end + 1) === quote) end = sql.indexOf(quote, end + 2);
	return end < 0 ? sql.length : end + 1;
}

const isEscapeString = (sql: string, start: number) =>
	sql.startsWith("E'", start) || sql.startsWith("e'", start);

/** A backslash escapes the next character. The string may continue on a later line, by the same rule. */
function endOfEscapeString(sql: string, start: number): number {
	const marks = /['\\]/g;
	marks.lastIndex = start;
	for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
		if (mark[0] === '\\' || sql.charAt(marks.lastIndex) === "'") {
			marks.lastIndex += 1;
			continue;
		}
		const continuation = startOfContinuation(sql, marks.lastIndex);
		if (continuation === undefined) return marks.lastIndex;
		marks.lastIndex = continuation;
	}
	return sql.length;
}

/**
 * Where a string whose quote was closed before `start` continues, if it does: after blanks that include a
 * line end, and `--` comments.
 */
function startOfContinuation(sql: string, start: number): number | undefined {
	let end = start;
	let hasLineEnd = false;
	while (end < sql.length) {
		if (sql.startsWith('--', end)) end = endOfLine(sql, end);
		else if (isBlank(sql.charAt(end))) {
			hasLineEnd ||= '\n\r'.includes(sql.charAt(end));
			end += 1;
		} else break;
	}
	return hasLineEnd && sql.charAt(end) === "'" ? end + 1 : undefined;
}

function dollarQuoted(sql: string, start: number): Ending {
	const endOfTag = isDigit(sql.charAt(start + 1)) ? start + 1 : endOfRun(sql, start + 1, isTagPart);
	if (sql.charAt(endOfTag) !== '$') return ['other', start + 1];
	const tag = sql.slice(start, endOfTag + 1);
	const close = sql.indexOf(tag, endOfTag + 1);
	return ['dollar', close < 0 ? sql.length : close + tag.length];
}
