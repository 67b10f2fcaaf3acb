import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';

/**
 * The seeds for an environment in the order in which they run: the files of `directory`, which every environment gets,
 * then those of its folder `environment`, both by name. Throws `no-seeds` where `directory` cannot be read.
 */
export async function listSeeds(directory: string, environment: string): Promise<readonly string[]> {
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
	return [...shared, ...own];
}

async function listFolder(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile() && /^[^.].*\.(sql|ts)$/.test(entry.name))
		.map(({ name }) => join(folder, name))
		.toSorted();
}
