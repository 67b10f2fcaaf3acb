import { maskLiterals } from './mask.ts';

/** The object of a configuration module, and its fields. Positions are those of the module's text. */
export interface ConfigObject {
	/** Of the character after its opening brace. */
	readonly start: number;
	readonly fields: readonly Field[];
}

export interface Field {
	readonly name: string;
	/** Of the value's first character. */
	readonly start: number;
	/** Of the character after the value. */
	readonly end: number;
}

/** How a module can export an object, up to its brace. */
const forms = [
	/\bexport\s+default\s+(?:\w+\s*\(\s*)?\{/,
	/\bmodule\.exports\s*=\s*(?:\w+\s*\(\s*)?\{/,
	/\bexport\s+default\s+\w+\s*\(\s*(?:async\s*)?\([^)]*\)\s*(?::\s*\w+\s*)?=>\s*\(\s*\{/,
	/\bexport\s+default\s+mergeConfig\(\s*\w+\s*,\s*(?:\w+\s*\(\s*)?\{/,
];

const named = /\b(?:export\s+default|module\.exports\s*=)\s+(\w+)\s*;?\s*$/m;
const returning = /\bexport\s+default\s+\w+\s*\(\s*(?:async\s*)?\([^)]*\)\s*=>\s*\{[\s\S]*?\breturn\s+\{/;

/** The configuration that a module exports, if it is written in one of the usual forms. */
export function configObjectIn(text: string): ConfigObject | undefined {
	const code = maskLiterals(text);
	const start = startOf(code);
	return start === undefined ? undefined : { start, fields: fieldsFrom(code, start) };
}

function startOf(code: string): number | undefined {
	const name = named.exec(code)?.[1];
	const declared = name && new RegExp(`\\b(?:const|let|var)\\s+${name}\\b[^={]*=\\s*(?:\\w+\\s*\\(\\s*)?\\{`);
	for (const form of declared ? [new RegExp(declared)] : [...forms, returning]) {
		const found = form.exec(code);
		if (found !== null) return found.index + found[0].length;
	}
	return undefined;
}

/** Reads `name: value,` up to the closing brace. Spread and shorthand fields are passed over. */
export function fieldsFrom(code: string, start: number): Field[] {
	const fields: Field[] = [];
	let from = start;
	for (const end of endsOfFields(code, start)) {
		const [all, name] = /^\s*["']?([\w$]*)["']?\s*:\s*/.exec(code.slice(from, end)) ?? [];
		if (all !== undefined && name !== undefined)
			fields.push({ name, start: from + all.length, end: from + code.slice(from, end).trimEnd().length });
		from = end + 1;
	}
	return fields;
}

/** The positions of the commas between the fields and of the closing brace. */
function endsOfFields(code: string, start: number): number[] {
	const ends: number[] = [];
	let depth = 0;
	for (let at = start; at < code.length; at++) {
		const character = code[at] ?? '';
		if ('{[('.includes(character)) depth++;
		if (depth === 0 && (character === ',' || character === '}')) ends.push(at);
		if ('}])'.includes(character) && depth-- === 0) break;
	}
	return ends;
}
