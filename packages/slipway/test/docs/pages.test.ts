import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readFigures } from '../../bench/docs-block.ts';
import { growthDocs } from '../../bench/growth/docs.ts';
import { postgresDocs } from '../../bench/postgres/docs.ts';
import { profileDocs } from '../../bench/profile/docs.ts';
import { suiteDocs } from '../../bench/suite/docs.ts';
import { projectRoot, toolRoot } from '../helpers/child-process.ts';
import { blocksOf, pages, pageText } from '../helpers/markdown.ts';

const lines = (page: string) => pageText(page).trimEnd().split('\n').length;

test('README.md has at most 150 lines, and install and a first test within 60', () => {
	expect(lines('README.md')).toBeLessThanOrEqual(150);
	const [install, firstTest] = ['npm install', "from 'slipway/vitest'"].map((what) =>
		blocksOf('README.md').find(({ text }) => text.includes(what)),
	);
	for (const block of [install, firstTest])
		expect((block?.line ?? Number.NaN) + (block?.text.split('\n').length ?? 0)).toBeLessThanOrEqual(60);
});

test('docs/architecture.md has at most 200 lines and names every part of the source', () => {
	const text = pageText('docs/architecture.md');
	expect(lines('docs/architecture.md')).toBeLessThanOrEqual(200);
	const parts = readdirSync(join(toolRoot, 'src'), { withFileTypes: true }).map((entry) =>
		entry.isDirectory() ? `${entry.name}/` : entry.name,
	);
	expect(parts.filter((part) => !text.includes(part))).toEqual([]);
});

test('README.md leads to every page', () => {
	const readme = pageText('README.md');
	expect(pages.filter((page) => page !== 'README.md' && !readme.includes(`(${page})`))).toEqual([]);
});

test('examples/README.md leads to every example', () => {
	const text = pageText('examples/README.md');
	const folders = readdirSync(join(projectRoot, 'examples'), { withFileTypes: true }).filter((entry) =>
		entry.isDirectory(),
	);
	expect(folders.filter(({ name }) => !text.includes(`(${name}/README.md)`))).toEqual([]);
});

test('every link within the documentation leads somewhere', () => {
	const readmes = globSync('examples/{,*/}README.md', { cwd: projectRoot });
	const dead = [...pages, ...readmes].flatMap((page) =>
		linksOf(pageText(page))
			.filter((link) => !leadsSomewhere(page, link))
			.map((link) => `${page}: ${link}`),
	);
	expect(dead).toEqual([]);
});

/** With the figures that have been measured. */
const measured = [
	{ name: 'servers', docsOf: postgresDocs },
	{ name: 'suite', docsOf: suiteDocs },
	{ name: 'growth', docsOf: growthDocs },
	{ name: 'profile', docsOf: profileDocs },
].filter(({ name }) => existsSync(figuresOf(name)));

test.each(measured)(
	'the pictures and tables of the figures of $name are made from it',
	({ name, docsOf }) => {
		for (const [path, text] of docsOf(projectRoot, readFigures<never>(figuresOf(name))))
			expect(readFileSync(join(projectRoot, path), 'utf8'), path).toBe(text);
	},
);

function figuresOf(name: string): string {
	return join(projectRoot, `docs/images/${name}.json`);
}

function linksOf(text: string): string[] {
	const markdown = [...text.matchAll(/\]\(([^)\s]+)\)/g)];
	const html = [...text.matchAll(/(?:src|srcset)="([^"]+)"/g)];
	return [...markdown, ...html].map(([, link = '']) => link).filter((link) => !/^\w+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
	const [path = '', anchor] = link.split('#');
	const target = path === '' ? page : join(dirname(page), path);
	if (!existsSync(join(projectRoot, target))) return false;
	return anchor === undefined || anchorsOf(pageText(target)).includes(anchor);
}

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
	return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replaceAll(/[^\w\s-]/g, '')
			.replaceAll(' ', '-'),
	);
}
