import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './child-process.ts';

/** A fenced block of a page. */
export interface Block {
	/** Its page, from the project's folder. */
	readonly page: string;
	readonly line: number;
	readonly language: string;
	readonly text: string;
	/** The comment in the line above: `runs`, or `not run: REASON`. */
	readonly marker: string | undefined;
	/** The file that a comment in its first line names. */
	readonly file: string | undefined;
}

/** README.md and every page of docs/. */
export const pages: readonly string[] = [
	'README.md',
	...readdirSync(join(projectRoot, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.toSorted()
		.map((name) => `docs/${name}`),
];

/** `tutorial.test.ts` follows this page as a whole; its blocks need one another. */
export const followedPage = 'docs/tutorial.md';

export const pageText = (page: string): string => readFileSync(join(projectRoot, page), 'utf8');

const fence = /^(?:<!-- ([^\n]*) -->\n)?```(\w*)\n(.*?)^```$/gms;

export function blocksOf(page: string): Block[] {
	const text = pageText(page);
	return [...text.matchAll(fence)].map(({ index, 1: marker, 2: language = '', 3: body = '' }) => ({
		page,
		line: text.slice(0, index).split('\n').length,
		language,
		text: body,
		marker,
		file: /^(?:\/\/|--) ([\w./-]+\.\w+)/.exec(body)?.[1],
	}));
}

export const allBlocks: readonly Block[] = pages.flatMap(blocksOf);

/** Where a block is, for messages. */
export const placeOf = ({ page, line }: Block): string => `${page}:${line}`;
