import { parseEnv } from 'node:util';
import type { Problem } from './checks.ts';

export interface EnvEntry {
	readonly value: string;
	readonly line: number;
}

/** What is wrong with a line. It does not quote the line, which may contain a password. */
export interface LineProblem extends Problem {
	readonly line: number;
}

/**
 * Splits the text of an `.env` file into its variables. Values are read as `node --env-file` reads them, but what Node
 * silently skips or cuts off is an error here.
 */
export function parseEnvText(text: string): { entries: Map<string, EnvEntry>; problems: LineProblem[] } {
	const source = text.replaceAll(/\r\n?/g, '\n');
	const entries = new Map<string, EnvEntry>();
	const problems: LineProblem[] = [];
	for (let start = 0, line = 1; start < source.length; ) {
		const { end, name, problem } = readStatement(source, start);
		const statement = source.slice(start, end);
		const earlier = name === undefined ? undefined : entries.get(name);
		if (problem !== undefined) problems.push({ line, ...problem });
		else if (earlier !== undefined) problems.push({ line, ...repeated(name, earlier.line) });
		else if (name !== undefined) entries.set(name, { line, value: evaluate(statement) });
		line += statement.split('\n').length;
		start = end + 1;
	}
	return { entries, problems };
}

interface Statement {
	/** The end of the statement's last line. */
	readonly end: number;
	/** Undefined for an empty line or a comment. */
	readonly name?: string;
	readonly problem?: Problem;
}

function readStatement(source: string, start: number): Statement {
	const end = endOfLine(source, start);
	const line = source.slice(start, end);
	if (isBlank(line)) return { end };
	const equals = line.indexOf('=');
	if (equals < 0) return { end, problem: noAssignment };
	const name = line
		.slice(0, equals)
		.trim()
		.replace(/^export +/, '');
	if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { end, problem: noName };
	const value = line.slice(equals + 1);
	const quote = /^[ \t]*["'`]/.exec(value)?.[0];
	if (quote !== undefined) return readQuoted(source, start + equals + quote.length, { end, name });
	return isCutByComment(value) ? { end, problem: cutByComment } : { end, name };
}

/** A quoted value may span several lines; `statement` is its first line. */
function readQuoted(source: string, opening: number, statement: Statement): Statement {
	const quote = source.charAt(opening);
	const closing = source.indexOf(quote, opening + 1);
	if (closing < 0) return { end: statement.end, problem: unclosed(quote) };
	const end = endOfLine(source, closing);
	if (isBlank(source.slice(closing + 1, end))) return { ...statement, end };
	return { end: statement.end, problem: end === statement.end ? textAfterQuote(quote) : unclosed(quote) };
}

/** A comment after a value begins with white space and #. parseEnv takes any # for a comment. */
function isCutByComment(value: string): boolean {
	return /^#|[^ \t]#/.test(value.replace(/[ \t]#.*$/s, ''));
}

/** One statement at a time: given a whole file, parseEnv would read the next line as the value of `NAME= `. */
function evaluate(statement: string): string {
	const [value = ''] = Object.values(parseEnv(statement));
	return value ?? '';
}

function endOfLine(source: string, position: number): number {
	const end = source.indexOf('\n', position);
	return end < 0 ? source.length : end;
}

function isBlank(text: string): boolean {
	return /^[ \t]*(#|$)/.test(text);
}

const noAssignment = {
	what: 'has no =',
	fix: 'Write NAME=value, or put # before a comment.',
};
const noName = {
	what: 'has no valid variable name before the =',
	fix: 'A name consists of letters, digits and _, and does not begin with a digit.',
};
const cutByComment = {
	what: 'has a # in an unquoted value, where it would begin a comment',
	fix: 'Put the value in quotes, or a space before the # of a comment.',
};
const unclosed = (quote: string) => ({
	what: `opens a ${quote} that is never closed`,
	fix: `Close it with ${quote}, or put the value in a different kind of quotes (" ' \`).`,
});
const textAfterQuote = (quote: string) => ({
	what: `has text after the closing ${quote}`,
	fix: `Put a value that contains ${quote} in a different kind of quotes (" ' \`), or put # before a comment.`,
});
const repeated = (name: string | undefined, line: number) => ({
	what: `sets ${name}, which line ${line} already sets`,
	fix: 'Remove one of the two.',
});
