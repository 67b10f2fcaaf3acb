import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { fileNameFault, type NameFault, pairFaults, parseFileName } from './file-name.ts';
import { mostNamed } from './name-some.ts';
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
	/** In the order of their numbers. */
	readonly migrations: readonly ListedMigration[];
	/** What else is there, such as another tool's records. Notes and hidden files are left out. */
	readonly unread: readonly string[];
}

/** Throws `invalid-migrations`, naming what is no migration by its name and what looks like one and would never run. */
export async function readMigrationFolder(directory: string): Promise<MigrationFolder> {
	const entries = (await readEntries(directory)).filter(({ name }) => !harmless.test(name));
	const [files = [], others = []] = [true, false].map((isSql) =>
		entries.filter(({ name }) => name.endsWith('.sql') === isSql),
	);
	const names = files.map(({ name }) => name);
	const faults = [
		...names.flatMap((name) => fileNameFault(name) ?? []),
		...(await Promise.all(others.map(strayFault))).flatMap((fault) => fault ?? []),
	];
	if (faults.length > 0) throw invalidFolder(directory, faults);
	const { migrations, faults: unpaired } = pair(names);
	if (unpaired.length > 0) throw invalidFolder(directory, unpaired);
	return { migrations, unread: others.map(nameOf) };
}

async function readEntries(directory: string): Promise<readonly Dirent[]> {
	return await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
		throw new SlipwayError(
			'no-migrations-directory',
			`the migrations directory ${directory} cannot be read: ${error.message}`,
			'Name the directory with the migrations, or create the first one with scripts/migrate new.',
			{ cause: error },
		);
	});
}

/** Notes, and what editors, merges and systems leave behind. */
const harmless = /^\.|^(readme|license)\b|\.(md|orig|rej|bak)$|~$/i;

const nameOf = (entry: Dirent) => printable(entry.isDirectory() ? `${entry.name}/` : entry.name);

function pair(files: readonly string[]): { migrations: ListedMigration[]; faults: NameFault[] } {
	const parsed = files.map((file) => ({ file, ...parseFileName(file) }));
	const groups = Array.from(Map.groupBy(parsed, ({ name }) => name).values());
	const faults: NameFault[] = [];
	const migrations = groups.map((group) => {
		const fileOf = (wanted: string) => group.find(({ content }) => content === wanted)?.file;
		const [both, up, down] = [fileOf('both'), fileOf('up'), fileOf('down')];
		if (both !== undefined && group.length > 1) faults.push(mixed(group.map(({ file }) => file)));
		else if (both === undefined && up === undefined) faults.push(lonely(down ?? ''));
		return {
			name: group[0]?.name ?? '',
			file: both ?? up ?? '',
			...(down !== undefined && { downFile: down }),
		};
	});
	migrations.sort((a, b) => compareNames(a.name, b.name));
	return { migrations, faults: [...faults, ...pairFaults(migrations.map(({ name }) => name))] };
}

function mixed(files: readonly string[]): NameFault {
	return {
		what: `${files.toSorted().join(' and ')}: one migration, both as a file with two parts and as a pair of files`,
		fix: 'Keep the file with "-- Up Migration" and "-- Down Migration", or the pair .up.sql and .down.sql.',
	};
}

function lonely(file: string): NameFault {
	return {
		what: `${file}: there is no ${file.replace(/\.down\.sql$/, '.up.sql')} that it reverts`,
		fix: 'Restore the .up.sql file, or remove the .down.sql file.',
	};
}

/** Whose names say that they change a schema: numbered, or with the extension of SQL or of a program. */
const looksLikeMigration = /^\d+[_-]|\.(sql|[a-z]{0,3}sql|ddl|[cm]?[jt]s|py|rb|go|php|sh)(\.\w+)?$/i;

const sqlOrScript = /\.(sql|[cm]?[jt]s)$/i;

/** For what is no `.sql` file: undefined where it does not look like a migration. */
async function strayFault(entry: Dirent): Promise<NameFault | undefined> {
	const what = `${nameOf(entry)}: would never run`;
	if (!entry.isDirectory())
		return looksLikeMigration.test(entry.name)
			? {
					what,
					fix: 'Slipway applies <number>_<name>.sql files only: write a migration as SQL, or move other files elsewhere.',
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
		return `Slipway reads files directly in the folder: move <folder>/migration.sql to <folder>.sql, such as ${printable(folder)}.sql`;
	if (files.includes('up.sql'))
		return `Slipway reads files directly in the folder: move <folder>/up.sql and down.sql to <folder>.up.sql and <folder>.down.sql, such as ${printable(folder)}.up.sql`;
	return 'Slipway reads files directly in the folder: move the migrations of its subfolders there, and other files elsewhere.';
}

function invalidFolder(directory: string, faults: readonly NameFault[]): SlipwayError {
	const more = faults.length - mostNamed;
	return new SlipwayError(
		'invalid-migrations',
		[
			`${directory} has files that are no migrations:`,
			...faults.slice(0, mostNamed).map(({ what }) => `  ${what}`),
			...(more > 0 ? [`  and ${more} more`] : []),
		].join('\n'),
		[...new Set(faults.map(({ fix }) => fix))].slice(0, mostNamed).join('\n'),
	);
}
