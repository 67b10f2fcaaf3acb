import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suggestForFolder, suggestInsteadOf } from '../../detection/index.ts';
import { SlipwayError } from '../../errors.ts';
import {
	fileNameProblem,
	foreignFix,
	isProgram,
	type NameProblem,
	pairFix,
	pairProblems,
	parseFileName,
} from './file-name.ts';
import { maxNamed } from './name-some.ts';
import { compareNames } from './order.ts';
import { printable } from './printable.ts';

/** A migration with the names of its files. */
export interface ListedMigration {
	readonly name: string;
	readonly file: string;
	/** Of a pair, the file that reverts it. */
	readonly downFile?: string;
}

export interface MigrationFolder {
	/** Ordered by number. */
	readonly migrations: readonly ListedMigration[];
	/** Other files that are there, such as another tool's metadata, except notes and hidden files. */
	readonly unread: readonly string[];
}

/**
 * Throws `invalid-migrations`, naming misnamed files, and files that look like migrations but would never
 * run.
 */
export async function readMigrationFolder(directory: string): Promise<MigrationFolder> {
	const entries = (await readEntries(directory)).filter(({ name }) => !ignored.test(name));
	const [files = [], others = []] = [true, false].map((wanted) =>
		entries.filter((entry) => isMigration(entry) === wanted),
	);
	const names = files.map(({ name }) => name);
	// Programs may read or import what is in folders beside them.
	const strays = names.some(isProgram) ? others.filter((entry) => !entry.isDirectory()) : others;
	const problems = [
		...names.flatMap((name) => fileNameProblem(name) ?? []),
		...(await Promise.all(strays.map(strayProblem))).flatMap((problem) => problem ?? []),
	];
	if (problems.length > 0) throw foreignFolder(directory, names, problems);
	const { migrations, problems: unpaired } = pair(names);
	if (unpaired.length > 0) throw invalidFolder(directory, unpaired);
	return { migrations, unread: others.map(nameOf) };
}

function missingFix(directory: string): string {
	const suggested = suggestInsteadOf(directory);
	return suggested === undefined
		? 'Pass the directory that contains the migrations, or create the first one with npx slipway migrate new.'
		: `The project has migrations (${suggested.tool}). Write into slipway.config.ts: ${suggested.line}`;
}

const isMigration = (entry: Dirent) =>
	entry.name.endsWith('.sql') || (isProgram(entry.name) && !entry.isDirectory());

async function readEntries(directory: string): Promise<readonly Dirent[]> {
	return await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
		throw new SlipwayError(
			'no-migrations-directory',
			`the migrations directory ${directory} cannot be read: ${error.message}`,
			missingFix(directory),
			{ cause: error },
		);
	});
}

/** Notes, and files that editors, merges, compilers and operating systems leave behind. */
const ignored = /^\.|^(readme|license)\b|\.(md|orig|rej|bak|d\.[cm]?ts|map)$|~$/i;

const nameOf = (entry: Dirent) => printable(entry.isDirectory() ? `${entry.name}/` : entry.name);

function pair(files: readonly string[]): { migrations: ListedMigration[]; problems: NameProblem[] } {
	const parsed = files.map((file) => ({ file, ...parseFileName(file) }));
	const groups = Array.from(Map.groupBy(parsed, ({ name }) => name).values());
	const problems: NameProblem[] = [];
	const migrations = groups.map((group) => {
		const fileOf = (wanted: string) => group.find(({ content }) => content === wanted)?.file;
		const [both, up, down] = [fileOf('both'), fileOf('up'), fileOf('down')];
		if (both !== undefined && group.length > 1) problems.push(mixed(group.map(({ file }) => file)));
		else if (both === undefined && up === undefined) problems.push(withoutUp(down ?? ''));
		return {
			name: group[0]?.name ?? '',
			file: both ?? up ?? '',
			...(down !== undefined && { downFile: down }),
		};
	});
	migrations.sort((a, b) => compareNames(a.name, b.name));
	return { migrations, problems: [...problems, ...pairProblems(migrations.map(({ name }) => name))] };
}

function mixed(files: readonly string[]): NameProblem {
	if (files.some(isProgram))
		return {
			what: `${files.toSorted().join(' and ')}: one migration in two files`,
			fix: 'Keep one of them. If one is compiled from the other, write them to different folders.',
		};
	return {
		what: `${files.toSorted().join(' and ')}: the same migration as a single file and as a pair of files`,
		fix: 'Keep either the single file with "-- Up Migration" and "-- Down Migration", or the pair of .up.sql and .down.sql.',
	};
}

function withoutUp(file: string): NameProblem {
	return {
		what: `${file}: the file that it reverts, ${file.replace(/\.down\.sql$/, '.up.sql')}, does not exist`,
		fix: 'Restore the .up.sql file, or remove the .down.sql file.',
	};
}

/** Names that suggest a migration: numbered, or with the extension of SQL or of a program. */
const looksLikeMigration = /^\d+[_-]|\.(sql|[a-z]{0,3}sql|ddl|[cm]?[jt]s|py|rb|go|php|sh)(\.\w+)?$/i;

const sqlOrScript = /\.(sql|[cm]?[jt]s)$/i;

/** For an entry that is not a migration's file. Undefined if it does not look like a migration. */
async function strayProblem(entry: Dirent): Promise<NameProblem | undefined> {
	const what = `${nameOf(entry)}: it would never run`;
	if (!entry.isDirectory())
		return looksLikeMigration.test(entry.name)
			? {
					what,
					fix: 'Migrations are files named <number>_<name>, with the extension .sql, .js or .ts: move other files elsewhere.',
				}
			: undefined;
	const files = await readdir(join(entry.parentPath, entry.name), { recursive: true }).catch(() => []);
	const found = files.filter((file) => sqlOrScript.test(file));
	const [first] = found.toSorted();
	if (first === undefined) return undefined;
	return { what: `${what}, but contains ${printable(first)}`, fix: folderFix(entry.name, found) };
}

function folderFix(folder: string, files: readonly string[]): string {
	if (files.includes('migration.sql'))
		return `Slipway reads files directly in the folder: move each <folder>/migration.sql to <folder>.sql, such as ${printable(folder)}.sql`;
	if (files.includes('up.sql'))
		return `Slipway reads files directly in the folder: move each <folder>/up.sql and down.sql to <folder>.up.sql and <folder>.down.sql, such as ${printable(folder)}.up.sql`;
	return 'Slipway reads files directly in the folder: move migrations in subfolders there, and other files elsewhere.';
}

/** Migrations of another tool are to be applied as they are. One misnamed file among others is to be renamed. */
function foreignFolder(
	directory: string,
	names: readonly string[],
	problems: readonly NameProblem[],
): SlipwayError {
	const suggested = suggestForFolder(directory);
	const isForeign =
		suggested?.tool !== 'plain SQL' ||
		(names.every((name) => fileNameProblem(name)) && problems.every(({ fix }) => fix !== pairFix));
	if (suggested === undefined || !isForeign) return invalidFolder(directory, problems);
	const fix = foreignFix(suggested);
	return invalidFolder(
		directory,
		problems.map(({ what }) => ({ what, fix })),
	);
}

function invalidFolder(directory: string, problems: readonly NameProblem[]): SlipwayError {
	const more = problems.length - maxNamed;
	return new SlipwayError(
		'invalid-migrations',
		[
			`${directory} has files that are not valid migrations:`,
			...problems.slice(0, maxNamed).map(({ what }) => `  ${what}`),
			...(more > 0 ? [`  and ${more} more`] : []),
		].join('\n'),
		[...new Set(problems.map(({ fix }) => fix))].slice(0, maxNamed).join('\n'),
	);
}
