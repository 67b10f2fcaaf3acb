import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The failure of a seed in TypeScript, with its place in the file and the statement where the stack and the driver tell. */
export function explainCode(error: unknown, path: string): Error {
	if (!(error instanceof Error)) return new Error(`${path}: ${String(error)}`);
	const { query } = error as { query?: string };
	const statement = query === undefined ? '' : `\n  in: ${query.trim().replaceAll(/\s+/g, ' ')}`;
	return new Error(`${path}${placeIn(error, path)}: ${error.message}${statement}`, { cause: error });
}

/** A stack names a module by its URL or its path. */
function placeIn({ stack = '' }: Error, path: string): string {
	const names = [pathToFileURL(resolve(path)).href, resolve(path)];
	const places = names.map(
		(name) => /^:\d+:\d+/.exec(stack.slice(stack.indexOf(`${name}:`) + name.length))?.[0],
	);
	return places.find((place) => place !== undefined) ?? '';
}
