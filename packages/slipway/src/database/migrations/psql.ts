import { type Statement, splitStatements, wantsPsql } from './statements.ts';

// psql reads a line that begins with a backslash as a command to itself. No server knows one.

/** The statements of `sql` as `splitStatements` has them, without the commands of psql that have no effect outside it. */
export function splitScript(sql: string): readonly Statement[] {
	return splitStatements(withoutHarmless(sql));
}

/** Blanks in place of the commands of psql that have no effect outside it. */
export function withoutHarmless(sql: string): string {
	if (!sql.includes('restrict')) return sql;
	const command = splitStatements(sql).find(({ text }) => harmless.test(text));
	return command === undefined ? sql : withoutHarmless(blankLine(sql, command.index));
}

/** pg_dump writes them around every dump. */
const harmless = /^\\(un)?restrict\b/;

/** Keeps the place of everything that follows. */
function blankLine(sql: string, start: number): string {
	const end = endOfLine(sql, start);
	return sql.slice(0, start) + ' '.repeat(end - start) + sql.slice(end);
}

function endOfLine(text: string, index: number): number {
	const end = text.indexOf('\n', index);
	return end < 0 ? text.length : end;
}

/** Without the rows that follow a COPY FROM stdin in `sql` up to `\.`, which are no statements. */
export function withoutRows(sql: string, statements: readonly Statement[]): readonly Statement[] {
	let end = 0;
	return statements.filter(({ text, index }) => {
		if (index < end) return false;
		if (wantsPsql(text)) end = endOfRows(sql, index + text.length);
		return true;
	});
}

function endOfRows(sql: string, start: number): number {
	const mark = /^\\\.[ \t\r]*$/gm;
	mark.lastIndex = start;
	return mark.exec(sql) === null ? start : mark.lastIndex;
}

/** Why `statement` is nothing but psql's, and what to do about it; undefined for all others. */
export function psqlCommandFault(statement: string): string | undefined {
	const name = /^\\(\S*)/.exec(statement)?.[1];
	if (name === undefined) return undefined;
	return `"\\${name}" is a command of psql, which is not run here: ${ways[name] ?? 'delete the line'}`;
}

const ofAnotherFile = 'put the statements of that file here, or run it as a file of its own';
const ofTheLogin = 'delete the line, since the settings name the database';
const ways: Readonly<Record<string, string>> = {
	copy: 'write the rows as INSERT (pg_dump --inserts does)',
	'.': 'delete the rows that end here, and write them as INSERT (pg_dump --inserts does)',
	...Object.fromEntries(['i', 'ir', 'include', 'include_relative'].map((name) => [name, ofAnotherFile])),
	...Object.fromEntries(['c', 'connect'].map((name) => [name, ofTheLogin])),
};
