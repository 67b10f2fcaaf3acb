/** `text` with what would move the cursor, break the line or colour a terminal written as an escape, such as \u001b. */
export function printable(text: string): string {
	return text.replaceAll(
		/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
