/**
 * `text` with control characters, which could move the cursor or colour a terminal, written as escapes such
 * as \u001b.
 */
export function printable(text: string): string {
	return text.replaceAll(
		/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
