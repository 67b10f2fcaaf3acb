import { readSignificantTokens, readTokens, type Token } from './lexer.ts';

export interface Statement {
	/** Without the semicolon and surrounding blanks and comments. */
	readonly text: string;
	/** Where it starts in the SQL that it was taken from. */
	readonly index: number;
}

/**
 * Splits SQL where a server would: not at semicolons inside quotes, comments, parentheses or the bodies of
 * routines.
 */
export function splitStatements(sql: string): readonly Statement[] {
	const statements: Statement[] = [];
	let open = new OpenStatement();
	for (const token of readSignificantTokens(sql)) {
		if (token.text === ';' && open.isComplete) {
			statements.push(...open.cut(sql));
			open = new OpenStatement();
		} else open.take(token);
	}
	return [...statements, ...open.cut(sql)];
}

/**
 * `statement` with single blanks between its tokens, without comments, and with its string literals emptied.
 * Patterns matched against it find no SQL inside literals, and do not have to run over megabytes of text.
 */
export function outline(statement: string): string {
	const tokens: string[] = [];
	for (const { kind, text } of readSignificantTokens(statement))
		tokens.push(kind === 'dollar' || (kind === 'quoted' && !text.startsWith('"')) ? "''" : text);
	return tokens.join(' ');
}

/** All comments, of both kinds. Text inside quotes that looks like a comment is not one. */
export function readComments(sql: string): readonly Statement[] {
	const comments: Statement[] = [];
	for (const { kind, text, index } of readTokens(sql)) if (kind === 'comment') comments.push({ text, index });
	return comments;
}

/** True also for statements that start another transaction. Savepoints do not count. */
export function endsTransaction(statement: string): boolean {
	const [first = '', second = '', third = ''] = firstWords(statement, 3);
	if (['begin', 'commit', 'end', 'abort'].includes(first)) return true;
	if (first === 'start' || first === 'prepare') return second === 'transaction';
	return first === 'rollback' && (['work', 'transaction'].includes(second) ? third : second) !== 'to';
}

/** Whether it is a COPY with the client, FROM stdin or TO stdout. A query in parentheses is skipped. */
export function needsPsql(statement: string): boolean {
	if (firstWords(statement, 1)[0] !== 'copy') return false;
	let depth = 0;
	let last = '';
	for (const { text } of readSignificantTokens(statement)) {
		depth += nesting(text);
		const word = text.toLowerCase();
		if (depth === 0 && (`${last} ${word}` === 'from stdin' || `${last} ${word}` === 'to stdout')) return true;
		last = word;
	}
	return false;
}

export const psqlOnly =
	'COPY FROM stdin and TO stdout only work in psql: write the rows as INSERT statements, as pg_dump --inserts does';

/** The texts of the first `count` tokens, or of all if there are fewer. */
export function firstTokens(statement: string, count: number): readonly string[] {
	const tokens: string[] = [];
	for (const { text } of readSignificantTokens(statement)) {
		tokens.push(text);
		if (tokens.length === count) break;
	}
	return tokens;
}

const firstWords = (statement: string, count: number) =>
	firstTokens(statement, count).map((token) => token.toLowerCase());

const nesting = (text: string) => (text === '(' ? 1 : text === ')' ? -1 : 0);

class OpenStatement {
	#start: number | undefined;
	#end = 0;
	/** The number of open parentheses. */
	#depth = 0;
	/** The statement itself and, for each open BEGIN ATOMIC, the current statement in its body. */
	readonly #levels = [new StatementHead()];

	/** Empty if no token was taken. */
	cut(sql: string): readonly Statement[] {
		if (this.#start === undefined) return [];
		return [{ text: sql.slice(this.#start, this.#end), index: this.#start }];
	}

	/** Whether a semicolon would end it. */
	get isComplete(): boolean {
		return this.#depth === 0 && this.#levels.length === 1;
	}

	take({ text, index }: Token): void {
		this.#start ??= index;
		this.#end = index + text.length;
		this.#depth = Math.max(0, this.#depth + nesting(text));
		const level = this.#levels.at(-1) ?? new StatementHead();
		const inBody = this.#levels.length > 1;
		if (inBody && this.#depth === 0 && text === ';') this.#levels.splice(-1, 1, new StatementHead());
		// Elsewhere, END closes a CASE or is a name.
		else if (inBody && level.isEmpty && text.toLowerCase() === 'end') this.#levels.pop();
		else if (level.take(text) && this.#depth === 0) this.#levels.push(new StatementHead());
	}
}

/** The beginning of a statement. */
class StatementHead {
	#head = '';
	#last = '';

	get isEmpty(): boolean {
		return this.#last === '';
	}

	/**
	 * Whether `text` completes the BEGIN ATOMIC that opens the body of the routine that the statement creates.
	 */
	take(text: string): boolean {
		// No keyword is longer, but a literal may be.
		const word = text.length > 20 ? '…' : text.toLowerCase();
		const opensBody = `${this.#last} ${word}` === 'begin atomic' && createsRoutine.test(this.#head);
		if (this.#head.length < 40) this.#head += `${word} `;
		this.#last = word;
		return opensBody;
	}
}

const createsRoutine = /^create (or replace )?(function|procedure) /;
