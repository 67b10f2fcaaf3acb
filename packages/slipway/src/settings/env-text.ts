import { parseEnv } from 'node:util';

export interface EnvEntry {
	readonly value: string;
	readonly line: number;
}

/** What is wrong with a line. Its text is left out: it may hold a password. */
export interface LineFault {
	readonly line: number;
	readonly what: string;
	readonly mend: string;
}

/**
 * Splits the text of an `.env` file into its variables. A value means what it means to `node --env-file`; what that
 * passes over or cuts off without a word is a fault here.
 */
export function parseEnvText(text: string): { entries: Map<string, EnvEntry>; faults: LineFault[] } {
	const source = text.replaceAll(/\r\n?/g, '\n');
	const entries = new Map<string, EnvEntry>();
	const faults: LineFault[] = [];
	for (let start = 0, line = 1; start < source.length; ) {
		const { end, name, fault } = readStatement(source, start);
		const statement = source.slice(start, end);
		const earlier = name === undefined ? undefined : entries.get(name);
		if (fault !== undefined) faults.push({ line, ...fault });
		else if (earlier !== undefined) faults.push({ line, ...repeats(name, earlier.line) });
		else if (name !== undefined) entries.set(name, { line, value: evaluate(statement) });
		line += statement.split('\n').length;
		start = end + 1;
	}
	return { entries, faults };
}

interface Statement {
	/** Where the line ends that the statement ends on. */
	readonly end: number;
	/** None on an empty line and a comment. */
	readonly name?: string;
	readonly fault?: Omit<LineFault, 'line'>;
}

function readStatement(source: string, start: number): Statement {
	const end = endOfLine(source, start);
	const line = source.slice(start, end);
	if (isBlank(line)) return { end };
	const equals = line.indexOf('=');
	if (equals < 0) return { end, fault: noAssignment };
	const name = line
		.slice(0, equals)
		.trim()
		.replace(/^export +/, '');
	if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { end, fault: noName };
	const value = line.slice(equals + 1);
	const quote = /^[ \t]*["'`]/.exec(value)?.[0];
	if (quote !== undefined) return readQuoted(source, start + equals + quote.length, { end, name });
	return isCutByComment(value) ? { end, fault: cutByComment } : { end, name };
}

/** A quoted value may go on over several lines; `statement` is what its first line says. */
function readQuoted(source: string, opening: number, statement: Statement): Statement {
	const quote = source.charAt(opening);
	const closing = source.indexOf(quote, opening + 1);
	if (closing < 0) return { end: statement.end, fault: unclosed(quote) };
	const end = endOfLine(source, closing);
	if (isBlank(source.slice(closing + 1, end))) return { ...statement, end };
	return { end: statement.end, fault: end === statement.end ? textAfterQuote(quote) : unclosed(quote) };
}

/** A comment after a value begins with white space and #; parseEnv takes any # for one. */
function isCutByComment(value: string): boolean {
	return /^#|[^ \t]#/.test(value.replace(/[ \t]#.*$/s, ''));
}

/** One statement at a time: in a whole file, parseEnv takes the next line for the value of `NAME= `. */
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
	mend: 'Write NAME=value, or put # before a comment.',
};
const noName = {
	what: 'has no valid name before the =',
	mend: 'A name consists of letters, digits and _, and does not begin with a digit.',
};
const cutByComment = {
	what: 'has a # in a value without quotes, where it would begin a comment',
	mend: 'Put the value in quotes, or a space before the comment.',
};
const unclosed = (quote: string) => ({
	what: `opens a ${quote} and does not close it`,
	mend: `Close it with ${quote}, or use another of the quotes " ' \` around a value that contains it.`,
});
const textAfterQuote = (quote: string) => ({
	what: `goes on after the closing ${quote}`,
	mend: `Use another of the quotes " ' \` around a value that contains ${quote}, or put # before a comment.`,
});
const repeats = (name: string | undefined, line: number) => ({
	what: `sets ${name}, which line ${line} sets already`,
	mend: 'Remove one of the two.',
});
