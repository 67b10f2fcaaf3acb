export interface Statement {
	/** Without the semicolon, and without the blanks and comments before and after. */
	readonly text: string;
	/** Where it begins in the SQL that it was taken from. */
	readonly index: number;
}

/**
 * Splits SQL where a server would: not at semicolons within quotes, comments, parentheses or the bodies of
 * routines.
 */
export function splitStatements(sql: string): readonly Statement[] {
	const statements: Statement[] = [];
	let open = new OpenStatement();
	for (const { kind, text, index } of readTokens(sql)) {
		if (kind === 'blank' || kind === 'comment') continue;
		if (text === ';' && open.depth === 0) {
			statements.push(...open.cut(sql));
			open = new OpenStatement();
		} else open.take(kind, text, index);
	}
	return [...statements, ...open.cut(sql)];
}

/** What `statement` says, with one blank between its words and marks, and no comments. */
export function withoutComments(statement: string): string {
	return [...readTokens(statement)]
		.filter(({ kind }) => kind !== 'blank' && kind !== 'comment')
		.map(({ text }) => text)
		.join(' ');
}

/** The comments from `--` to the end of a line: what only looks like one, within quotes or another comment, is none. */
export function lineComments(sql: string): readonly Statement[] {
	const comments: Statement[] = [];
	for (const { kind, text, index } of readTokens(sql))
		if (kind === 'blank' && text.startsWith('--')) comments.push({ text, index });
	return comments;
}

/** True also for what begins another one. Savepoints are none of that. */
export function endsTransaction(statement: string): boolean {
	return (
		/^(begin|commit|end|abort|start\s+transaction|prepare\s+transaction)\b/i.test(statement) ||
		/^rollback\b(?!(\s+(work|transaction))?\s+to\b)/i.test(statement)
	);
}

/** Whether it is a COPY whose rows a client sends or takes. The query of one in parentheses is for COPY TO. */
export function wantsPsql(statement: string): boolean {
	return /^copy\s+((?!\()[^']*?\bfrom\s+stdin\b|.*\bto\s+stdout\b[^']*$)/is.test(statement);
}

export const psqlOnly =
	'COPY FROM stdin and TO stdout are for psql, which has the rows: write them as INSERT (pg_dump --inserts does)';

class OpenStatement {
	#start: number | undefined;
	#end = 0;
	/** How many parentheses, and within the body of a routine how many BEGIN and CASE, wait for their end. */
	depth = 0;
	#first = '';
	#last = '';
	#inBody = false;

	/** Empty when nothing was taken. */
	cut(sql: string): readonly Statement[] {
		if (this.#start === undefined) return [];
		return [{ text: sql.slice(this.#start, this.#end), index: this.#start }];
	}

	take(kind: TokenKind, text: string, index: number): void {
		this.#start ??= index;
		this.#end = index + text.length;
		if (kind === 'other') this.#nest(text === '(' ? 1 : text === ')' ? -1 : 0);
		if (kind !== 'word') return;
		const word = text.toLowerCase();
		if (this.#inBody) this.#nest(word === 'case' ? 1 : word === 'end' ? -1 : 0);
		else if (word === 'atomic' && this.#last === 'begin' && this.#first === 'create') {
			this.#inBody = true;
			this.#nest(1);
		}
		this.#first ||= word;
		this.#last = word;
	}

	#nest(change: number): void {
		this.depth = Math.max(0, this.depth + change);
	}
}

type TokenKind = 'blank' | 'comment' | 'quoted' | 'dollar' | 'word' | 'number' | 'other';
interface Token {
	readonly kind: TokenKind;
	readonly text: string;
	readonly index: number;
}

/**
 * The tokens that decide where a statement ends (PostgreSQL, "Lexical Structure"). What is left open runs
 * to the end, and the server says what is wrong with it.
 */
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
	['blank', /\s+|--[^\n]*/uy],
	['comment', /\/\*/uy],
	['quoted', /[eE]'(?:[^'\\]|\\.|'')*(?:'|$)|'[^']*(?:'|$)|"[^"]*(?:"|$)/suy],
	['dollar', /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy],
	['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
	['number', /\p{N}[\p{L}\p{N}_.]*/uy],
	['other', /./suy],
];

function* readTokens(sql: string): Generator<Token> {
	for (let index = 0; index < sql.length; ) {
		const token = readToken(sql, index);
		yield token;
		index += token.text.length;
	}
}

function readToken(sql: string, index: number): Token {
	for (const [kind, pattern] of patterns) {
		pattern.lastIndex = index;
		const text = pattern.exec(sql)?.[0];
		if (text === undefined) continue;
		if (kind === 'comment') return readComment(sql, index);
		if (kind === 'dollar') return { kind, index, text: sql.slice(index, endOfDollarQuote(sql, index, text)) };
		return { kind, index, text };
	}
	return { kind: 'other', index, text: sql.charAt(index) };
}

/** Comments nest. One that is left open is the server's to refuse, and no comment here. */
function readComment(sql: string, index: number): Token {
	const end = endOfComment(sql, index);
	return { kind: end === undefined ? 'other' : 'comment', index, text: sql.slice(index, end) };
}

function endOfComment(sql: string, start: number): number | undefined {
	const marks = /\/\*|\*\//g;
	marks.lastIndex = start;
	let depth = 0;
	for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
		depth += mark[0] === '/*' ? 1 : -1;
		if (depth === 0) return marks.lastIndex;
	}
	return undefined;
}

function endOfDollarQuote(sql: string, start: number, tag: string): number {
	const close = sql.indexOf(tag, start + tag.length);
	return close < 0 ? sql.length : close + tag.length;
}
