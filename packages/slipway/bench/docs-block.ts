import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const benchmarksPage = 'docs/benchmarks.md';

/** Texts of the documentation, by path in the project. */
export type Docs = ReadonlyMap<string, string>;

/** The page of benchmarks with `text` between the comments `<!-- NAME:start -->` and `<!-- NAME:end -->`. */
export function withBlock(root: string, name: string, text: string): readonly [string, string] {
	const page = readFileSync(join(root, benchmarksPage), 'utf8');
	const block = new RegExp(`(?<=<!-- ${name}:start -->\\n).*(?=<!-- ${name}:end -->)`, 's');
	if (!block.test(page)) throw new Error(`${benchmarksPage} has no block ${name}`);
	return [benchmarksPage, page.replace(block, () => `${text}\n`)];
}

export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) =>
		`|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`;
	return [heads, heads.map(() => '---'), ...rows].map(line).join('\n');
}

export const figuresFile = (name: string, figures: unknown) =>
	[`docs/images/${name}.json`, `${JSON.stringify(figures, undefined, '\t')}\n`] as const;

export function writeDocs(root: string, docs: Docs): void {
	for (const [path, text] of docs) writeFileSync(join(root, path), text);
}

export function readFigures<T>(path: string): T {
	return JSON.parse(readFileSync(path, 'utf8'));
}
