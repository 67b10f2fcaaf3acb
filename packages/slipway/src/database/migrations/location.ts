export interface Location {
	readonly line: number;
	readonly column: number;
}

/** Where `index` of `text` is for an editor: both from 1, the column in characters. */
export function locate(text: string, index: number): Location {
	const before = text.slice(0, index);
	const lineStart = before.lastIndexOf('\n') + 1;
	return { line: before.split('\n').length, column: countCharacters(before.slice(lineStart)) + 1 };
}

/**
 * The index in `text` of a position as the server counts: in characters, from 1. A JavaScript index counts
 * UTF-16.
 */
export function indexOfCharacter(text: string, position: number): number {
	return Array.from(text)
		.slice(0, position - 1)
		.join('').length;
}

function countCharacters(text: string): number {
	return Array.from(text).length;
}
