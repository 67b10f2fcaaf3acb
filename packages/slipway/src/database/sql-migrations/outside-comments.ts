import { readComments, type Statement } from '../migrations/statements.ts';

/** Where `pattern` matches in `text`. In a comment, it makes no difference what a tool would put there. */
export function matchesOutsideComments(text: string, pattern: RegExp): readonly Statement[] {
	const comments = readComments(text);
	return Array.from(text.matchAll(pattern), ({ 0: match, index }) => ({ text: match, index })).filter(
		({ index }) =>
			!comments.some((comment) => index >= comment.index && index < comment.index + comment.text.length),
	);
}
