import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, toolRoot } from '../helpers/child-process.ts';
import { pageText } from '../helpers/markdown.ts';

/** The tool's, the counter's and this repository's. */
const sources = [join(toolRoot, 'src'), join(projectRoot, 'src'), join(projectRoot, 'scripts')];

/**
 * Where the code of an error stands in the source: first in what makes one, or as a member of what an error is made from
 * later. Codes of Node and PostgreSQL have capitals.
 */
const places = [
	/(?:new SlipwayError|\btestError|\btestFault|\bfault|\binvalidSettings)\(\s*'([a-z][a-z-]+)'/g,
	/\bcode: '([a-z][a-z-]+)'/g,
];

const thrown = new Set(
	sources
		.flatMap((folder) =>
			readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
		)
		.filter((file) => file.endsWith('.ts'))
		.map((file) => readFileSync(file, 'utf8'))
		.flatMap((text) => places.flatMap((place) => [...text.matchAll(place)].map(([, code = '']) => code))),
);

const rows = [
	...pageText('docs/troubleshooting.md').matchAll(/^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$/gm),
].map(([, code = '', cause = '', fix = '']) => ({ code, cause, fix }));

test('docs/troubleshooting.md has every error code that is thrown, with cause and fix', () => {
	const documented = rows.filter(({ cause, fix }) => cause.trim() && fix.trim()).map(({ code }) => code);
	expect([...thrown].filter((code) => !documented.includes(code))).toEqual([]);
});

test('and each once, and no other', () => {
	const codes = rows.map(({ code }) => code);
	expect(codes.filter((code) => !thrown.has(code))).toEqual([]);
	expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});
