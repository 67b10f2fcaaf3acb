import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The names and contents of the code files in `folder`, not below it: TypeScript, or what was built from it.
 */
export function codeIn(folder: string): string[] {
	const files = readdirSync(folder).filter(isCode).toSorted();
	return files.flatMap((file) => [file, readFileSync(join(folder, file), 'utf8')]);
}

const isCode = (file: string) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts');

/** The version of the npm package `name` that an import in the module `from` resolves to. */
export function versionOf(name: string, from: string): string {
	const entry = createRequire(from).resolve(name);
	const version = versions.get(entry) ?? versionAbove(dirname(entry), name);
	versions.set(entry, version);
	return version;
}

const versions = new Map<string, string>();

/** Searches upwards from the entry point, because few packages export their package.json. */
function versionAbove(folder: string, name: string): string {
	const file = join(folder, 'package.json');
	const found = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
	if (found?.name === name) return found.version;
	const parent = dirname(folder);
	if (parent === folder) throw new Error(`the package.json of ${name} is missing`);
	return versionAbove(parent, name);
}

interface Manifest {
	readonly name?: string;
	readonly version: string;
}
