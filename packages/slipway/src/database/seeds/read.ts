import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, SlipwayError } from '../../errors.ts';
import { environments } from '../../settings/index.ts';

/** Initial rows. */
export type Seed = SqlSeed | ModuleSeed;

export interface SqlSeed {
	/** For messages: its file, or `seed 1`. */
	readonly name: string;
	readonly text: string;
}

/** A TypeScript module that exports `seed(sql)`. */
export interface ModuleSeed {
	/** Its path. */
	readonly name: string;
}

/**
 * The seeds for an environment, in the order in which they run: the files in `directory`, which are for all
 * environments, then those in its subfolder `environment`, each by name. Throws `no-seeds` if `directory`
 * cannot be read, and `invalid-seeds` for files that would silently be ignored.
 */
export async function readSeedFolder(directory: string, environment: string): Promise<readonly Seed[]> {
	const shared = await readFolder(directory).catch((cause: Error) => {
		throw new SlipwayError(
			'no-seeds',
			`the seeds in ${directory} cannot be read: ${cause.message}`,
			'Pass the directory with the seeds (--directory): .sql and .ts files, and optionally a folder for each environment.',
			{ cause },
		);
	});
	const own = await readFolder(join(directory, environment)).catch((error: unknown) => {
		if (hasCode(error, 'ENOENT')) return [];
		throw error;
	});
	refuseNonSeeds([...shared.filter((entry) => !isEnvironment(entry)), ...own]);
	return await Promise.all(
		[...shared, ...own]
			.filter(isSeed)
			.map((entry) => join(entry.parentPath, entry.name))
			.map((path) => (path.endsWith('.sql') ? readFileSeed(path) : { name: path })),
	);
}

/** Notes, and files that editors and operating systems leave behind. */
const ignored = /^\.|^(readme|license)\b|\.md$|~$/i;

/** Sorted by name. */
async function readFolder(folder: string): Promise<readonly Dirent[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return entries
		.filter(({ name }) => !ignored.test(name))
		.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const isSeed = (entry: Dirent) => !entry.isDirectory() && /\.(sql|ts)$/.test(entry.name);

const isEnvironment = (entry: Dirent) =>
	entry.isDirectory() && (environments as readonly string[]).includes(entry.name);

function refuseNonSeeds(entries: readonly Dirent[]): void {
	const invalid = entries.filter((entry) => !isSeed(entry));
	if (invalid.length === 0) return;
	throw new SlipwayError(
		'invalid-seeds',
		invalid
			.map((entry) => {
				const what = entry.isDirectory() ? 'not the folder of an environment' : 'neither .sql nor .ts';
				return `${join(entry.parentPath, entry.name)} is ${what}, so it would not run`;
			})
			.join('\n'),
		`The environments are ${environments.join(', ')}; each may have a folder next to the seeds for all. Rename folders that are meant for one, and move files that seeds only read elsewhere.`,
	);
}

/**
 * Reads seeds given as options: a string that ends in `.sql` is a file, any other is SQL. Throws
 * `no-seed-file`.
 */
export async function readSeeds(given: string | readonly string[] = []): Promise<readonly SqlSeed[]> {
	return await Promise.all(
		[given]
			.flat()
			.map((each, index) =>
				each.endsWith('.sql') ? readFileSeed(each) : { name: `seed ${index + 1}`, text: each },
			),
	);
}

async function readFileSeed(path: string): Promise<SqlSeed> {
	const text = await readFile(path, 'utf8').catch((cause: Error) => {
		throw new SlipwayError(
			'no-seed-file',
			`the seed ${path} cannot be read: ${cause.message}`,
			'Pass an SQL file by a path relative to the current directory, or by an absolute path.',
			{ cause },
		);
	});
	return { name: path, text };
}
