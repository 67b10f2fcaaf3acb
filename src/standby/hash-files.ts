import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** A hash of the contents of all files that `options` names, those of a folder included. */
export function hashFiles(options: object): string {
	const hash = createHash('sha256');
	for (const file of namedFiles(Object.values(options))) hash.update(`${file}\0`).update(readFileSync(file));
	return hash.digest('hex');
}

function namedFiles(values: readonly unknown[]): string[] {
	return values.flatMap((value) => {
		if (typeof value === 'string' && isAbsolute(value)) return filesAt(value);
		return typeof value === 'object' && value !== null ? namedFiles(Object.values(value)) : [];
	});
}

/** None where there is nothing: whoever starts a server with it says so. */
function filesAt(path: string): string[] {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) return [];
	if (!found.isDirectory()) return [path];
	return readdirSync(path, { withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ name }) => join(path, name))
		.sort();
}
