import { SlipwayError } from '../errors.ts';
import { parseEnvText } from './env-text.ts';

/**
 * The text of an `.env` file in which `name` has another value. Everything else stays as it is, comments and line ends
 * included; a variable that is not in the file is added at its end. Throws `invalid-env-value` if no reader would get
 * `value` back.
 */
export function setInEnvText(source: string, name: string, value: string): string {
	const edited = replaceValue(source, name, quote(value)) ?? append(source, `${name}=${quote(value)}`);
	if (parseEnvText(edited).entries.get(name)?.value !== value) throw unwritable(name);
	return edited;
}

/** Undefined if no line sets `name`. A quoted value may go on over several lines. */
function replaceValue(source: string, name: string, value: string): string | undefined {
	const { entries } = parseEnvText(source);
	const entry = entries.get(name);
	if (entry === undefined) return undefined;
	const lines = source.split('\n').slice(0, entry.line - 1);
	const start = lines.reduce((length, line) => length + line.length + 1, 0);
	const [assignment = ''] = /^[ \t]*(?:export +)?\w+[ \t]*=[ \t]*/.exec(source.slice(start)) ?? [];
	const opening = start + assignment.length;
	return source.slice(0, opening) + value + source.slice(opening + valueAt(source.slice(opening)).length);
}

/** The value at the beginning of `text`, with its quotes, without what follows on the line. */
function valueAt(text: string): string {
	return /^(?:'[^']*'|"[^"]*"|[^\r\n]*?(?=[ \t]*(?: #[^\n]*)?\r?(?:\n|$)))/.exec(text)?.[0] ?? '';
}

function append(source: string, line: string): string {
	const end = source.includes('\r\n') ? '\r\n' : '\n';
	return `${source}${lineEndFor(source, end)}${line}${end}`;
}

/** What completes the last line. After a carriage return, only the line feed is missing. */
function lineEndFor(source: string, end: string): string {
	if (source === '' || source.endsWith('\n')) return '';
	return source.endsWith('\r') ? '\n' : end;
}

function quote(value: string): string {
	if (/^[\w./:@%+=,-]+$/.test(value)) return value;
	return value.includes("'") ? `"${value}"` : `'${value}'`;
}

function unwritable(name: string): SlipwayError {
	return new SlipwayError(
		'invalid-env-value',
		`no line of .env can give ${name} this value`,
		`Put it in a file that ${name}_FILE names.`,
	);
}
