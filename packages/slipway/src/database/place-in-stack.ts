import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** `:line:column` of the module `path` in an error's stack trace, or nothing if it is not in there. */
export function placeInStack({ stack = '' }: Error, path: string): string {
	// Stack traces name a module by its URL or its path.
	const names = [pathToFileURL(resolve(path)).href, resolve(path)];
	const places = names.map(
		(name) => /^:\d+:\d+/.exec(stack.slice(stack.indexOf(`${name}:`) + name.length))?.[0],
	);
	return places.find((place) => place !== undefined) ?? '';
}
