import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { SlipwayError } from '../../errors.ts';
import { nameSome } from '../migrations/name-some.ts';
import { comparePaths } from './natural-order.ts';
import { refuseProgramsBeside } from './programs-beside.ts';

/** Files of a pattern, by paths relative to the root. */
export interface MatchedFiles {
	readonly pattern: string;
	readonly files: readonly string[];
}

/**
 * The files that each of `patterns` matches. Those with a leading `!` exclude files from all others. A
 * pattern finds nothing in `node_modules` unless it names that folder. Throws `no-migrations-matched` and
 * `invalid-migrations`.
 */
export async function findFiles(root: string, patterns: readonly string[]): Promise<readonly MatchedFiles[]> {
	const ignore = patterns.filter((each) => each.startsWith('!')).map((each) => each.slice(1));
	const wanted = patterns.filter((each) => !each.startsWith('!'));
	if (wanted.length === 0) throw noPatterns();
	const matched = await Promise.all(
		wanted.map(async (pattern) => {
			const ignored = pattern.includes('node_modules') ? ignore : [...ignore, '**/node_modules/**'];
			const options = { cwd: root, ignore: ignored, expandDirectories: false };
			const files = (await glob(pattern, options)).toSorted(comparePaths);
			if (files.length === 0) throw await nothingMatches(root, pattern, ignore);
			return { pattern, files };
		}),
	);
	await refuseProgramsBeside(
		root,
		matched.flatMap(({ files }) => files),
		ignore,
	);
	return matched;
}

function noPatterns(): SlipwayError {
	return new SlipwayError(
		'no-migrations-matched',
		'"sql" of the migrations has no pattern of files to apply',
		'Name the files, such as { sql: "db/*.sql" }, or write migrations: false for databases without tables.',
	);
}

async function nothingMatches(
	root: string,
	pattern: string,
	ignore: readonly string[],
): Promise<SlipwayError> {
	const folder = deepestFolder(root, pattern);
	const nearby = await sqlFilesIn(join(root, folder));
	const [first] = nearby;
	const shown = folder === '' ? root : `${folder}/`;
	return new SlipwayError(
		'no-migrations-matched',
		[
			`no file in ${root} matches the migrations ${JSON.stringify(pattern)}`,
			...(ignore.length > 0 ? [`  excluded: ${ignore.join(', ')}`] : []),
			nearby.length > 0 ? `  ${shown} has ${nameSome(nearby)}` : `  ${shown} exists, but has no .sql files`,
		].join('\n'),
		first === undefined
			? 'Correct the pattern: it is relative to that folder, such as "prisma/migrations/*/migration.sql". If the project has no migrations yet, leave "migrations" out.'
			: `Correct the pattern, for example: ${JSON.stringify(join(folder, patternFor(nearby)))}`,
	);
}

/** The deepest folder that exists, of those that `pattern` names without wildcards. */
function deepestFolder(root: string, pattern: string): string {
	const segments = pattern.split('/');
	const wildcard = segments.findIndex((segment) => /[*?[\]{}()!]/.test(segment));
	const literal = segments.slice(0, wildcard < 0 ? segments.length : wildcard);
	while (literal.length > 0 && !existsSync(join(root, ...literal, '.'))) literal.pop();
	return literal.join('/');
}

/** Not deep, because the root may be as big as a project can be. */
async function sqlFilesIn(folder: string): Promise<readonly string[]> {
	const ignore = ['**/node_modules/**'];
	const found = await glob('**/*.sql', { cwd: folder, deep: 3, ignore, expandDirectories: false });
	return found.toSorted(comparePaths);
}

/** A pattern for `files`: those with the name of the first if each has a folder of its own, or else its neighbours. */
function patternFor(files: readonly string[]): string {
	const segments = (files[0] ?? '').split('/');
	const name = segments.pop() ?? '';
	const alike = files.filter((file) => file.endsWith(`/${name}`));
	if (alike.length > 1 || /^(migration|up)\.sql$/.test(name))
		return [...segments.slice(0, -1), '*', name].join('/');
	return [...segments, '*.sql'].join('/');
}
