import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { environments } from '../../settings/index.ts';

/** Rows to begin with. */
export type Seed = SqlSeed | ModuleSeed;

export interface SqlSeed {
	/** What messages call it: its file, or `seed 1`. */
	readonly name: string;
	readonly text: string;
}

/** A module in TypeScript that exports `seed(sql)`. */
export interface ModuleSeed {
	/** Its path. */
	readonly name: string;
}

/**
 * The seeds for an environment in the order in which they run: the files of `directory`, which every environment gets,
 * then those of its folder `environment`, both by name. Throws `no-seeds` where `directory` cannot be read, and
 * `invalid-seeds` for what would be left out without a word.
 */
export async function readSeedFolder(directory: string, environment: string): Promise<readonly Seed[]> {
	const shared = await readFolder(directory).catch((cause: Error) => {
		throw new SlipwayError(
			'no-seeds',
			`the seeds in ${directory} cannot be read: ${cause.message}`,
			'Name the directory with the seeds (--directory): .sql and .ts files, and a folder for each environment.',
			{ cause },
		);
	});
	const own = await readFolder(join(directory, environment)).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	refuseOthers([...shared.filter((entry) => !isEnvironment(entry)), ...own]);
	return await Promise.all(
		[...shared, ...own]
			.filter(isSeed)
			.map((entry) => join(entry.parentPath, entry.name))
			.map((path) => (path.endsWith('.sql') ? readFileSeed(path) : { name: path })),
	);
}

/** Notes, and what editors and systems put down, are nobody's seeds. */
const harmless = /^\.|^(readme|license)\b|\.md$|~$/i;

/** By name. */
async function readFolder(folder: string): Promise<readonly Dirent[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return entries
		.filter(({ name }) => !harmless.test(name))
		.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const isSeed = (entry: Dirent) => !entry.isDirectory() && /\.(sql|ts)$/.test(entry.name);

const isEnvironment = (entry: Dirent) =>
	entry.isDirectory() && (environments as readonly string[]).includes(entry.name);

function refuseOthers(entries: readonly Dirent[]): void {
	const others = entries.filter((entry) => !isSeed(entry));
	if (others.length === 0) return;
	throw new SlipwayError(
		'invalid-seeds',
		others
			.map((entry) => {
				const what = entry.isDirectory() ? 'a folder of no environment' : 'neither .sql nor .ts';
				return `${join(entry.parentPath, entry.name)} is ${what}, and would not run`;
			})
			.join('\n'),
		`The environments are ${environments.join(', ')}, each with a folder beside the seeds of all. Rename what is meant for one, and move elsewhere what a seed only reads.`,
	);
}

/** Reads what a caller gave: what ends in `.sql` is a file, and everything else is SQL. Throws `no-seed-file`. */
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
			'Name a file with SQL, from the folder in which this runs or as an absolute path.',
			{ cause },
		);
	});
	return { name: path, text };
}
