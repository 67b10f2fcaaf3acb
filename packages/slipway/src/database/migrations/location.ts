export interface Location {
	readonly line: number;
	readonly column: number;
}

/** The position of `index` in `text` as editors show it: both from 1, the column in characters. */
export function locate(text: string, index: number): Location {
	let line = 1;
	let lineStart = 0;
	for (let end = text.indexOf('\n'); end >= 0 && end < index; end = text.indexOf('\n', lineStart)) {
		line += 1;
		lineStart = end + 1;
	}
	return { line, column: countCharacters(text.slice(lineStart, index)) + 1 };
}

/**
 * A function from indexes to lines, which must be called with ascending indexes, so that `text` is read only
 * once.
 */
export function lineCounter(text: string): (index: number) => number {
	let line = 1;
	let end = text.indexOf('\n');
	return (index) => {
		for (; end >= 0 && end < index; end = text.indexOf('\n', end + 1)) line += 1;
		return line;
	};
}

/**
 * The index in `text` of a position as the server counts it: in characters, from 1. A JavaScript index counts
 * UTF-16 code units.
 */
export function indexOfCharacter(text: string, position: number): number {
	let index = 0;
	for (let count = 1; count < position && index < text.length; count++)
		index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
	return index;
}

/** Without building an array, because a line can be megabytes long. */
function countCharacters(text: string): number {
	let count = 0;
	for (const _ of text) count += 1;
	return count;
}
