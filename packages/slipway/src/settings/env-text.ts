import type { Problem } from './checks.ts';
import {
	backtick,
	carriageReturn,
	commentForValue,
	cutByComment,
	escapedQuote,
	escapeSequence,
	noAssignment,
	noName,
	otherSpace,
	repeats,
	textAfterQuote,
	unclosed,
	variable,
} from './env-problems.ts';

export interface EnvEntry {
	readonly value: string;
	readonly line: number;
}

/** What is wrong with a line. */
export interface LineProblem extends Problem {
	readonly line: number;
}

/**
 * Splits the text of an `.env` file into its variables. Docker Compose and `node --env-file` read the same file by rules
 * of their own, so a line that does not mean the same to both is an error here.
 */
export function parseEnvText(source: string): { entries: Map<string, EnvEntry>; problems: LineProblem[] } {
	const entries = new Map<string, EnvEntry>();
	const problems: LineProblem[] = [];
	for (let start = 0, line = 1; start < source.length; ) {
		const { end, assignment, problem } = readStatement(source, start);
		const earlier = assignment && entries.get(assignment.name);
		if (problem !== undefined) problems.push({ line, ...problem });
		else if (earlier !== undefined) problems.push({ line, ...repeats(assignment?.name, earlier.line) });
		else if (assignment !== undefined) entries.set(assignment.name, { line, value: assignment.value });
		line += source.slice(start, end).split('\n').length;
		start = end + 1;
	}
	return { entries, problems };
}

interface Assignment {
	readonly name: string;
	readonly value: string;
}

interface Statement {
	/** The end of the statement's last line. */
	readonly end: number;
	/** None on an empty line and a comment. */
	readonly assignment?: Assignment;
	readonly problem?: Problem;
}

function readStatement(source: string, start: number): Statement {
	const end = endOfLine(source, start);
	const line = source.slice(start, end).replace(/\r$/, '');
	if (isBlank(line)) return { end };
	const equals = line.indexOf('=');
	if (equals < 0) return { end, problem: noAssignment };
	const [, name] = /^[ \t]*(?:export +)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*$/.exec(line.slice(0, equals)) ?? [];
	if (name === undefined || /^\s*export\s+=/.test(line)) return { end, problem: noName };
	const value = line.slice(equals + 1);
	const quote = /^[ \t]*["']/.exec(value)?.[0];
	if (quote !== undefined) return readQuoted(source, start + equals + quote.length, end, name);
	const problem = unquotedProblem(value);
	return problem === undefined
		? { end, assignment: { name, value: withoutComment(value).replace(/^[ \t]+|[ \t]+$/g, '') } }
		: { end, problem };
}

/** A quoted value may go on over several lines; `firstEnd` is where its first line ends. */
function readQuoted(source: string, opening: number, firstEnd: number, name: string): Statement {
	const quote = source.charAt(opening);
	const closing = source.indexOf(quote, opening + 1);
	if (closing < 0) return { end: firstEnd, problem: unclosed(quote) };
	const end = endOfLine(source, closing);
	const text = source.slice(opening + 1, closing);
	if (!isBlank(source.slice(closing + 1, end).replace(/\r$/, ''))) {
		if (text.endsWith('\\')) return { end: firstEnd, problem: escapedQuote(quote) };
		return { end: firstEnd, problem: end === firstEnd ? textAfterQuote(quote) : unclosed(quote) };
	}
	const problem = quotedProblem(text, quote);
	if (problem !== undefined) return { end, problem };
	return { end, assignment: { name, value: quote === '"' ? text.replaceAll('\\n', '\n') : text } };
}

function quotedProblem(text: string, quote: string): Problem | undefined {
	if (text.includes('\r')) return carriageReturn;
	if (text.endsWith('\\')) return escapedQuote(quote);
	if (quote === "'") return undefined;
	if (text.includes('$')) return variable;
	return /\\[^n]/.test(text) ? escapeSequence : undefined;
}

function unquotedProblem(value: string): Problem | undefined {
	if (value.includes('\r')) return carriageReturn;
	if (/^[ \t]*#/.test(value)) return commentForValue;
	const text = withoutComment(value);
	if (text.includes('#')) return cutByComment;
	if (text.includes('$')) return variable;
	if (/^[ \t]*`/.test(text)) return backtick;
	return /^[ \t]*(?![ \t])[\s\x85]|(?![ \t])[\s\x85][ \t]*$/.test(text) ? otherSpace : undefined;
}

/** Compose needs a space before the #. */
const withoutComment = (value: string) => value.replace(/ #.*$/s, '');

function endOfLine(source: string, position: number): number {
	const end = source.indexOf('\n', position);
	return end < 0 ? source.length : end;
}

function isBlank(text: string): boolean {
	return /^[ \t]*(#|$)/.test(text);
}
