import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The files of the project that a module imports, directly or through others, ordered by path. */
export function importedFiles(path: string, found = new Set<string>()): readonly string[] {
	for (const file of importsOf(path))
		if (!found.has(file)) {
			found.add(file);
			importedFiles(file, found);
		}
	return [...found].toSorted();
}

/** Packages do not count: the lock file has their versions, and migrations seldom depend on these. */
const specifiers =
	/(?:\bfrom|\bimport|\brequire|\bimport\s*\(|\brequire\s*\()\s*['"](\.{1,2}\/[^'"\n]*|\.{1,2})['"]/g;

function importsOf(path: string): string[] {
	return Array.from(readFileSync(path, 'utf8').matchAll(specifiers), ([, specifier = '']) =>
		resolve(dirname(path), specifier),
	).flatMap((target) => candidates(target).find(isFile) ?? []);
}

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];

/** TypeScript may name the file that it is compiled to, and leave out the extension or `index`. */
const candidates = (target: string) => [
	target,
	...extensions.map((extension) => `${target}${extension}`),
	target.replace(/\.([cm]?)js$/, '.$1ts'),
	...extensions.map((extension) => `${target}/index${extension}`),
];

const isFile = (path: string) => existsSync(path) && statSync(path).isFile();
