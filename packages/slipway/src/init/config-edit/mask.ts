/**
 * `text` with spaces for its comments and for what is in its strings and templates, so that braces and words found in it are
 * code. Positions stay. Regular expressions are taken for code: configurations have few.
 */
export function maskLiterals(text: string): string {
	return text.replaceAll(
		/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
		(literal) =>
			literal.startsWith('/') ? blank(literal) : `${literal[0]}${blank(literal.slice(1, -1))}${literal[0]}`,
	);
}

const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ');
