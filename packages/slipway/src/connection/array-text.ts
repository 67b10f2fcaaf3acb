export interface ArrayFormat<Element> {
	/** Between elements: `;` for arrays of boxes, `,` for most others. */
	readonly delimiter: string;
	readonly element: Element;
}

/** One token of an array's text: a brace, a delimiter, a quoted element or a bare one. */
const tokens = (delimiter: string) =>
	new RegExp(`[{}]|${delimiter}|"(?:[^"\\\\]|\\\\.)*"|[^{}${delimiter}"]+`, 'gs');

/** Parses an array, with an inner array for each further dimension (PostgreSQL's documentation, 8.15.6). */
export function parseArray(
	text: string,
	{ delimiter, element }: ArrayFormat<(text: string) => unknown>,
): unknown[] {
	const root: unknown[] = [];
	const open = [root];
	// Skips the bounds before an array that does not begin at 1: [0:1]={…}
	const braces = text.slice(text.indexOf('{'));
	for (const [token] of braces.matchAll(tokens(delimiter))) {
		if (token === delimiter) continue;
		if (token === '}') {
			open.pop();
			continue;
		}
		const value = token === '{' ? [] : parseElement(token, element);
		open.at(-1)?.push(value);
		if (token === '{') open.push(value as unknown[]);
	}
	return root[0] as unknown[];
}

function parseElement(token: string, parse: (text: string) => unknown): unknown {
	if (token.startsWith('"')) return parse(token.slice(1, -1).replaceAll(/\\(.)/gs, '$1'));
	return token.toUpperCase() === 'NULL' ? null : parse(token);
}

/** The text of an array. Any other value is returned as it is: it is the text of an array already. */
export function formatArray(
	value: unknown,
	{ delimiter, element }: ArrayFormat<(value: unknown) => string>,
): unknown {
	if (!Array.isArray(value)) return value;
	const items = value.map((item) => {
		if (Array.isArray(item)) return formatArray(item, { delimiter, element });
		return item === null ? 'NULL' : `"${element(item).replaceAll(/[\\"]/g, '\\$&')}"`;
	});
	return `{${items.join(delimiter)}}`;
}
