import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { locate } from '../location.ts';

/** In a statement of several parts, also such as drop nothing that has a name. */
const dropped =
	/\bdrop\s+(?!(?:not\s+null|default|expression|identity|constraint)\b)(?:(?:column|table)\s+)?(?:if\s+exists\s+)?((?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*[.,]\s*(?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*))*)/giu;

/**
 * Where the SQL in `source` still names what `statement` drops. It looks for the word in texts that read as SQL: what the
 * code means by it may be something else, and a name that it puts together is not found.
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
	return [`The code still names it: ${places.slice(0, 5).join(', ')}${more}.`];
}

/** Without the schema before a dot. */
function droppedNames(statement: string): readonly string[] {
	return [...statement.matchAll(dropped)].flatMap(([, list = '']) =>
		list.split(',').map((name) => (name.split('.').at(-1) ?? '').trim().replaceAll('"', '')),
	);
}

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
	const places = texts.flatMap((each) =>
		[...each[0].matchAll(word)].map(({ index }) => locate(text, each.index + index).line),
	);
	return [...new Set(places)];
}
