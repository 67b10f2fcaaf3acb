import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { SqlFile } from '../sql-file.ts';

const fileName = 'schema.sql';

/**
 * Reads the models: every `schema.sql` below `directory`, which declares the tables of the feature beside it, in the order
 * of their paths. Throws `no-models` where there is none.
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
		`there is no ${fileName} below ${directory}${cause === undefined ? '' : `: ${cause.message}`}`,
		`Declare the tables of a feature in a ${fileName} beside it, or name another directory with --models. The image of the service has none.`,
		{ cause },
	);
}
