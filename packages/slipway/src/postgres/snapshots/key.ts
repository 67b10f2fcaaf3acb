import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The hash of a list of texts, which no other list has. */
export function hashOf(...parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The key of each state on the way: the first state's, and one more for each of `links`. */
export function chainKeys(first: string, links: readonly string[]): [string, ...string[]] {
	const keys: [string, ...string[]] = [first];
	for (const link of links) keys.push(hashOf(keys.at(-1) ?? '', link));
	return keys;
}

const codeHashes = new Map<string, string>();

/** The hash of the code that `path` is or has below it, TypeScript or what was built from it. It is read once. */
export function hashOfCode(path: string): string {
	const hash = codeHashes.get(path) ?? hashOf(...codeIn(path));
	codeHashes.set(path, hash);
	return hash;
}

function codeIn(path: string): string[] {
	if (isCode(path)) return [readFileSync(path, 'utf8')];
	const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(isCode).toSorted();
	return files.flatMap((file) => [file, readFileSync(join(path, file), 'utf8')]);
}

const isCode = (file: string) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts');

/** The version of the npm package `name` that the module `from` gets. */
export function versionOf(name: string, from: string): string {
	const entry = createRequire(from).resolve(name);
	const known = versions.get(entry) ?? versionAbove(dirname(entry), name);
	versions.set(entry, known);
	return known;
}

const versions = new Map<string, string>();

/** Packages export their code, and seldom their package.json, which is therefore looked for from there. */
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
