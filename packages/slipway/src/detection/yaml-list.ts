import { existsSync, readFileSync } from 'node:fs';

/** The strings of a list at the top of a YAML file: `packages: [a, b]`, or one a line. */
export function readYamlList(file: string, key: string): readonly string[] {
	if (!existsSync(file)) return [];
	const lines = readFileSync(file, 'utf8').split(/\r?\n/);
	const start = lines.findIndex((line) => line.startsWith(`${key}:`));
	if (start < 0) return [];
	const inline = /\[(.*)\]/.exec(lines[start] ?? '')?.[1];
	if (inline !== undefined) return inline.split(',').map(unquote);
	const items: string[] = [];
	for (const line of lines.slice(start + 1)) {
		const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
		if (item !== undefined) items.push(unquote(item));
		else if (/^\S/.test(line) && !line.startsWith('#')) break;
	}
	return items;
}

/** A scalar without its quotes and the comment after it. */
export function unquote(scalar: string): string {
	const text = scalar.trim();
	const quoted = /^(['"])(.*?)\1/.exec(text);
	return quoted?.[2] ?? text.replace(/\s+#.*$/, '');
}
