export interface Location {
	readonly line: number;
	readonly column: number;
}

/** Where `index` of `text` is for an editor: both from 1, the column in characters. */
export function locate(text: string, index: number): Location {
	let line = 1;
	let lineStart = 0;
	for (let end = text.indexOf('\n'); end >= 0 && end < index; end = text.indexOf('\n', lineStart)) {
		line += 1;
		lineStart = end + 1;
	}
	return { line, column: countCharacters(text.slice(lineStart, index)) + 1 };
}

/** Returns the line of one place after another, in the order in which they are in `text`, which is read once. */
export function lineCounter(text: string): (index: number) => number {
	let line = 1;
	let end = text.indexOf('\n');
	return (index) => {
		for (; end >= 0 && end < index; end = text.indexOf('\n', end + 1)) line += 1;
		return line;
	};
}

/**
 * The index in `text` of a position as the server counts: in characters, from 1. A JavaScript index counts
 * UTF-16.
 */
export function indexOfCharacter(text: string, position: number): number {
	let index = 0;
	for (let count = 1; count < position && index < text.length; count++)
		index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
	return index;
}

/** Without a list of them: a line can have megabytes. */
function countCharacters(text: string): number {
	let count = 0;
	for (const _ of text) count += 1;
	return count;
}
