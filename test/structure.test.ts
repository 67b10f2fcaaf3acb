import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { projectRoot } from 'slipway/test-helpers/child-process';
import { expect, test } from 'vitest';

/** Each part of src/ with the parts that it may import. */
const mayImport: Record<string, readonly string[]> = {
	'rows.ts': [],
	http: [],
	logging: ['http'],
	database: [],
	server: ['http'],
	metrics: ['http', 'database'],
	tracing: ['http'],
	counter: ['rows.ts', 'http', 'database'],
	health: ['http', 'database'],
	'app.ts': ['http', 'logging', 'tracing', 'metrics', 'database', 'counter', 'health'],
	'run.ts': ['app.ts', 'logging', 'tracing', 'metrics', 'database', 'server', 'counter', 'health'],
	'main.ts': ['run.ts'],
	'index.ts': ['app.ts', 'logging', 'metrics', 'database', 'server', 'counter', 'health'],
};

/** What it may import of the tool: the entry points that every project has. */
const slipwayEntries = ['slipway', 'slipway/cli'];

const source = join(projectRoot, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
	.filter((file) => /\.tsx?$/.test(file))
	.map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

const imports = files.flatMap(({ file, text }) =>
	[...text.matchAll(/(?:\bfrom|\bimport\(?)\s*'([^']+)'/g)].map(([, specifier = '']) => ({
		file,
		specifier,
	})),
);
const relativeImports = imports
	.filter(({ specifier }) => specifier.startsWith('.'))
	.map(({ file, specifier }) => ({
		file,
		target: relative(source, resolve(source, dirname(file), specifier)),
	}));
const describeImport = ({ file, target }: { file: string; target: string }) => `${file} imports ${target}`;
const partOf = (file: string) => file.split(sep)[0] ?? '';

test('no relative import leaves src', () => {
	const outside = relativeImports.filter(({ target }) => target.startsWith('..'));
	expect(outside.map(describeImport)).toEqual([]);
});

test('Slipway is imported by name only, through its public entry points', () => {
	const others = imports.filter(
		({ specifier }) =>
			/^slipway(\/|$)|(^|\/)packages\//.test(specifier) && !slipwayEntries.includes(specifier),
	);
	expect(others).toEqual([]);
});

test('every part imports only the parts below it', () => {
	const strays = relativeImports
		.filter(({ file, target }) => partOf(file) !== partOf(target))
		.filter(({ file, target }) => !mayImport[partOf(file)]?.includes(partOf(target)));
	expect(strays.map(describeImport)).toEqual([]);
});

test('no files import one another in a circle', () => {
	let left = files.map(({ file }) => file);
	for (let before = 0; before !== left.length; ) {
		before = left.length;
		const names = new Set(left);
		left = left.filter((file) =>
			relativeImports.some((each) => each.file === file && names.has(each.target)),
		);
	}
	expect(left).toEqual([]);
});

test('the environment and the arguments are read in main.ts only', () => {
	const readers = files.filter(({ text }) => /\bprocess\.(env|argv)\b/.test(text)).map(({ file }) => file);
	expect(readers).toEqual(['main.ts']);
});
