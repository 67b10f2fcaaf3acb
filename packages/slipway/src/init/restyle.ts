import type { CodeStyle } from '../detection/index.ts';

/** Code that is written in this project's own style, in the style of another. Templates, such as SQL, stay as they are. */
export function restyle(code: string, { indent, quote, semicolons }: CodeStyle): string {
	const lines = code.split('\n').map((line) => {
		const [tabs = ''] = /^\t*/.exec(line) ?? [];
		const text = indent.repeat(tabs.length) + line.slice(tabs.length);
		return semicolons ? text : text.replace(/;$/, '');
	});
	const joined = lines.join('\n');
	return quote === "'"
		? joined
		: joined.replaceAll(/`[^`]*`|'([^'"\n`]*)'/g, (all, text?: string) =>
				text === undefined ? all : `"${text}"`,
			);
}
