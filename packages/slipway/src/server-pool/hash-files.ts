import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Hashes the contents of these files, and of the files directly in these folders. */
export function hashFiles(paths: readonly string[]): string {
	const hash = createHash('sha256');
	for (const file of paths.flatMap(filesAt)) hash.update(`${file}\0`).update(readFileSync(file));
	return hash.digest('hex');
}

/** Nothing for a missing path: starting a server with it reports that. */
function filesAt(path: string): string[] {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) return [];
	if (!found.isDirectory()) return [path];
	return readdirSync(path, { withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ name }) => join(path, name))
		.sort();
}
