import { needsPsql, type Statement, splitStatements } from './statements.ts';

// psql takes a line that starts with a backslash as one of its own commands. Servers know none of them.

/** The statements of `sql`, without the psql commands that have no effect outside psql. */
export function splitScript(sql: string): readonly Statement[] {
	return splitStatements(withoutNoOpCommands(sql));
}

/** `sql` with blanks instead of the psql commands that have no effect outside psql. */
export function withoutNoOpCommands(sql: string): string {
	if (!sql.includes('restrict')) return sql;
	const command = splitStatements(sql).find(({ text }) => noOpCommand.test(text));
	return command === undefined ? sql : withoutNoOpCommands(blankLine(sql, command.index));
}

/** pg_dump puts these around every dump. */
const noOpCommand = /^\\(un)?restrict\b/;

/** Keeps the positions of everything that follows. */
function blankLine(sql: string, start: number): string {
	const end = endOfLine(sql, start);
	return sql.slice(0, start) + ' '.repeat(end - start) + sql.slice(end);
}

function endOfLine(text: string, index: number): number {
	const end = text.indexOf('\n', index);
	return end < 0 ? text.length : end;
}

/** `statements` without the rows that follow a COPY FROM stdin in `sql`, up to `\.`. */
export function withoutRows(sql: string, statements: readonly Statement[]): readonly Statement[] {
	let end = 0;
	return statements.filter(({ text, index }) => {
		if (index < end) return false;
		if (needsPsql(text)) end = endOfRows(sql, index + text.length);
		return true;
	});
}

function endOfRows(sql: string, start: number): number {
	const mark = /^\\\.[ \t\r]*$/gm;
	mark.lastIndex = start;
	return mark.exec(sql) === null ? start : mark.lastIndex;
}

/** Why `statement` is a psql command, and the fix; undefined for all others. */
export function psqlCommandProblem(statement: string): string | undefined {
	const name = /^\\(\S*)/.exec(statement)?.[1];
	if (name === undefined) return undefined;
	return `"\\${name}" is a psql command, which cannot run here: ${fixes[name] ?? 'delete the line'}`;
}

const includedFile = 'copy the statements of that file here, or run it as a separate file';
const login = 'delete the line, because the settings name the database';
const fixes: Readonly<Record<string, string>> = {
	copy: 'write the rows as INSERT statements, as pg_dump --inserts does',
	'.': 'replace the rows that end here with INSERT statements, as pg_dump --inserts writes them',
	...Object.fromEntries(['i', 'ir', 'include', 'include_relative'].map((name) => [name, includedFile])),
	...Object.fromEntries(['c', 'connect'].map((name) => [name, login])),
};
