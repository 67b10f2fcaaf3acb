import type { ProjectFolder } from './project-folder.ts';

/** Source files that have `pattern` in their text, by path, shallow ones first. Generated and huge files are left out. */
export function filesWith(
	folder: ProjectFolder,
	pattern: RegExp,
	isCandidate: (path: string) => boolean = isSource,
): string[] {
	return folder.files.filter((path) => isCandidate(path) && pattern.test(folder.text(path) ?? ''));
}

export const isSource = (path: string): boolean =>
	/\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$|\.min\.js$/.test(path);

export const isTest = (path: string): boolean =>
	/(^|\/)(tests?|__tests__|specs?|e2e)\/|[._-](test|spec)\.[cm]?[jt]sx?$/.test(path);

/** `text` without its comments, for patterns that must not match what is switched off. Strings with `//` in them stay. */
export function withoutComments(text: string): string {
	return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[\s,;{(])\/\/.*$/gm, '$1');
}

/**
 * The string that follows `key:` in the text of a module, also inside `path.join(__dirname, …)`, relative to the folder of
 * that module. Undefined if it is computed.
 */
export function stringOf(text: string, key: string): string | undefined {
	const value = new RegExp(`['"]?\\b${key}['"]?\\s*:\\s*([^\\n]*)`).exec(withoutComments(text))?.[1] ?? '';
	const parts = /^(?:path\.)?(?:join|resolve)\(([^)]*)\)/.exec(value)?.[1];
	if (parts !== undefined) return literalsIn(parts).join('/').replaceAll(/\/+/g, '/') || undefined;
	return /^(['"`])((?:(?!\1).)*)\1/.exec(value)?.[2];
}

const literalsIn = (text: string) => [...text.matchAll(/(['"`])(.*?)\1/g)].map(([, , value = '']) => value);
