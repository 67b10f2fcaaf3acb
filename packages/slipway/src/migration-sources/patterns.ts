import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { globSync } from 'tinyglobby';

/**
 * A pattern that matches `path` alone. tinyglobby's own function leaves `$` and most `!`, and its patterns then find
 * nothing in folders such as `?$$` and `!![a`.
 */
export const escapePattern = (path: string) => path.replaceAll(/[\\$()*+?@[\]^{}!|]/g, '\\$&');

/** `pattern` with an absolute path. */
export function absolutePattern(cwd: string, pattern: string): string {
	return isAbsolute(pattern) ? pattern : `${escapePattern(resolve(cwd))}/${pattern.replace(/^(\.\/)+/, '')}`;
}

/** The patterns of a file, of everything in a folder, or of what a pattern matches. */
export function inputPatterns(cwd: string, input: string): string[] {
	const path = resolve(cwd, input);
	const pattern = existsSync(path) ? escapePattern(path) : absolutePattern(cwd, input);
	return [pattern, `${pattern}/**`];
}

/** The files that patterns with absolute paths match, ordered by path. */
export function filesOf(patterns: readonly string[]): string[] {
	const ignore = ['**/node_modules/**', '**/.git/**'];
	// What is ignored is relative to `cwd`.
	const options = { cwd: '/', absolute: true, dot: true, ignore, expandDirectories: false };
	return globSync([...patterns], options).toSorted();
}

/** The folders and files to watch for changes of what the patterns match. */
export function watchedPaths(patterns: readonly string[]): string[] {
	return [...new Set(patterns.map(basePath))];
}

function basePath(pattern: string): string {
	const parts = pattern.split('/');
	const dynamic = parts.findIndex((part) => /(?<!\\)[*?{}[\]()]/.test(part));
	return unescapePath(dynamic < 0 ? pattern : parts.slice(0, dynamic).join('/')) || '/';
}

const unescapePath = (path: string) => path.replaceAll(/\\(.)/g, '$1');
