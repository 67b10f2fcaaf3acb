import type { CodeStyle } from '../../detection/index.ts';
import { restyle } from '../restyle.ts';
import { maskLiterals } from './mask.ts';
import type { ConfigObject } from './object.ts';

/** Puts `lines` at the beginning of the object, indented like the field that follows. */
export function insertFields(
	text: string,
	{ start }: ConfigObject,
	lines: readonly string[],
	style: CodeStyle,
): string {
	const rest = text.slice(start);
	const indent = /^\s*?\n([ \t]+)\S/.exec(rest)?.[1];
	const styled = lines.map((line) => restyle(line, { ...style, semicolons: true }));
	if (indent === undefined) {
		const inner = rest.trimStart();
		return `${text.slice(0, start)} ${styled.join(' ')} ${inner}`;
	}
	return `${text.slice(0, start)}\n${styled.map((line) => `${indent}${line}`).join('\n')}${rest}`;
}

/** Adds an import after those that are there. */
export function insertImport(text: string, line: string): string {
	const code = maskLiterals(text);
	const imports = [...code.matchAll(/^import\b[^;]*?(?:;|\n(?=\s*\n|import|[a-z/@]|$))/gm)];
	const last = imports.at(-1);
	if (last === undefined) return `${line}\n\n${text}`;
	const end = text.indexOf('\n', last.index + last[0].trimEnd().length - 1);
	return end < 0 ? `${text}\n${line}\n` : `${text.slice(0, end)}\n${line}${text.slice(end)}`;
}
