import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readSignificantTokens } from '../lexer.ts';
import { lineCounter } from '../location.ts';

/**
 * Where the SQL in `source` still names what `statement` drops. It searches strings that look like SQL for
 * the word, so it may report something else of the same name, and misses names that the code assembles.
 */
export async function findMentions(
	statement: string,
	source: string | undefined,
): Promise<readonly string[]> {
	if (source === undefined) return [];
	const names = droppedNames(statement);
	if (names.length === 0) return [];
	const word = wordOf(names);
	const files = await sourceFiles(source);
	const found = await Promise.all(
		files.map(async (file) =>
			linesWith(word, await readFile(join(source, file), 'utf8'), file.endsWith('.sql')).map(
				(line) => `${join(basename(source), file)}:${line}`,
			),
		),
	);
	const places = found.flat();
	if (places.length === 0) return [];
	const more = places.length > 5 ? ` and ${places.length - 5} more` : '';
	return [`The code still uses it: ${places.slice(0, 5).join(', ')}${more}.`];
}

function droppedNames(statement: string): readonly string[] {
	const tokens = Array.from(readSignificantTokens(statement), ({ text }) => text);
	return tokens.flatMap((token, index) =>
		token.toLowerCase() === 'drop' ? namesAfter(tokens, index + 1) : [],
	);
}

/** What follows DROP without a name that code would use. */
const unnamed = ['not', 'default', 'expression', 'identity', 'constraint'];

/** The names after DROP, each without its schema. */
function namesAfter(tokens: readonly string[], start: number): readonly string[] {
	const wordAt = (index: number) => tokens[index]?.toLowerCase() ?? '';
	if (unnamed.includes(wordAt(start))) return [];
	let next = start;
	if (['column', 'table'].includes(wordAt(next))) next += 1;
	if (wordAt(next) === 'if') next += 2;
	const names: string[] = [];
	for (; next < tokens.length; next += 2) {
		const separator = tokens[next + 1];
		if (separator !== '.') names.push(unquote(tokens[next] ?? ''));
		if (separator !== '.' && (separator !== ',' || actions.includes(wordAt(next + 2)))) break;
	}
	return names;
}

/** What may follow a comma in ALTER TABLE. */
const actions = ['drop', 'add', 'alter', 'rename', 'set', 'validate', 'enable', 'disable'];

const unquote = (name: string) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);

function wordOf(names: readonly string[]): RegExp {
	const escaped = names.map((name) => name.replaceAll(/[^\p{L}\p{N}_]/gu, '\\$&'));
	return new RegExp(`(?<![\\w$])(?:${escaped.join('|')})(?![\\w$])`, 'g');
}

async function sourceFiles(source: string): Promise<readonly string[]> {
	const files = await readdir(source, { recursive: true });
	return files.filter((file) => /\.([cm]?[jt]sx?|sql)$/.test(file)).toSorted();
}

const quoted = /`[^`]*`|'[^'\n]*'|"[^"\n]*"/g;
const sqlVerb = /\b(select|insert\s+into|update|delete\s+from|from|join|where|order\s+by)\b/i;

function linesWith(word: RegExp, text: string, isSql: boolean): readonly number[] {
	const texts = isSql
		? [{ 0: text, index: 0 }]
		: [...text.matchAll(quoted)].filter(([each]) => sqlVerb.test(each));
	const lineOf = lineCounter(text);
	const lines = texts.flatMap((each) =>
		Array.from(each[0].matchAll(word), ({ index }) => lineOf(each.index + index)),
	);
	return [...new Set(lines)];
}
