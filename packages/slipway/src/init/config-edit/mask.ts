/**
 * `text` with spaces for what is in its strings, comments and templates, so that braces and words found in it are code.
 * Positions stay. Regular expressions are taken for code: configurations have few.
 */
export function maskLiterals(text: string): string {
	return text.replaceAll(
		/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
		(literal) => literal.replaceAll(/[^\n]/g, ' '),
	);
}
