import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { SqlFile } from '../sql-file.ts';

const fileName = 'schema.sql';

/**
 * Reads the models: every `schema.sql` under `directory`, each declaring the tables of the feature in its
 * folder, in the order of their paths. Throws `no-models` if there is none.
 */
export async function readModels(directory: string): Promise<readonly SqlFile[]> {
	const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: Error) => {
		throw noModels(directory, cause);
	});
	const paths = entries
		.filter((entry) => entry.isFile() && entry.name === fileName)
		.map((entry) => join(entry.parentPath, entry.name))
		.toSorted();
	if (paths.length === 0) throw noModels(directory);
	return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
}

function noModels(directory: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'no-models',
		`there is no ${fileName} under ${directory}${cause === undefined ? '' : `: ${cause.message}`}`,
		`Declare the tables of each feature in a ${fileName} in its folder, or pass another directory with --models. A production image contains none.`,
		{ cause },
	);
}
