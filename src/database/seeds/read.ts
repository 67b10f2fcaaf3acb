import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';

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
 * then those of its folder `environment`, both by name. Throws `no-seeds` where `directory` cannot be read.
 */
export async function readSeedFolder(directory: string, environment: string): Promise<readonly Seed[]> {
	const shared = await listFolder(directory).catch((cause: Error) => {
		throw new SlipwayError(
			'no-seeds',
			`the seeds in ${directory} cannot be read: ${cause.message}`,
			'Name the directory with the seeds (--directory): .sql and .ts files, and a folder for each environment.',
			{ cause },
		);
	});
	const own = await listFolder(join(directory, environment)).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	const paths = [...shared, ...own];
	return await Promise.all(
		paths.map((path) => (path.endsWith('.sql') ? readFileSeed(path) : { name: path })),
	);
}

async function listFolder(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile() && /^[^.].*\.(sql|ts)$/.test(entry.name))
		.map(({ name }) => join(folder, name))
		.toSorted();
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
