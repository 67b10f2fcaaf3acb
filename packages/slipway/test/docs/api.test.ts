import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolRoot } from '../helpers/child-process.ts';
import { pageText } from '../helpers/markdown.ts';

const { exports } = JSON.parse(readFileSync(join(toolRoot, 'package.json'), 'utf8')) as {
	exports: Record<string, string>;
};

/** The entries that are published, as projects import them. */
const entries = Object.entries(exports)
	.filter(([, file]) => file.startsWith('./src/'))
	.map(([name, file]) => [`slipway${name.slice(1)}`, file] as const);

const sections = new Map(
	pageText('docs/api.md')
		.split(/^## /m)
		.slice(1)
		.map((text) => [/^`([^`]+)`/.exec(text)?.[1] ?? '', text]),
);

/** The names in the first cells of the tables, and after "Types:". */
function documentedIn(section: string): string[] {
	const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
	const types = [...section.matchAll(/^Types: (.+?)\.(?: |$)/gms)].map(([, list = '']) => list);
	return [...cells, ...types].flatMap((text) =>
		[...text.matchAll(/`([A-Za-z]\w*)/g)].map(([, name = '']) => name),
	);
}

/** The names that a file exports, types included. */
function exportedBy(text: string): string[] {
	const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
		list.split(',').map((each) =>
			each
				.trim()
				.replace(/^type /, '')
				.replace(/^\w+ as /, ''),
		),
	);
	const declared = [
		...text.matchAll(/^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm),
	].map(([, name = '']) => name);
	return [...lists, ...declared].filter((name) => name !== '');
}

test.each(entries)('docs/api.md has what %s exports, and nothing else', (entry, file) => {
	const exported = exportedBy(readFileSync(join(toolRoot, file), 'utf8'));
	expect(documentedIn(sections.get(entry) ?? '').toSorted()).toEqual(exported.toSorted());
});
