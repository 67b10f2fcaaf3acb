import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, toolRoot } from './helpers/child-process.ts';
import { mayImport, withImportTable } from './helpers/import-table.ts';

const source = join(toolRoot, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

const partOf = (file: string) => file.split(sep)[0] ?? '';

function importsOf({ file, text }: (typeof files)[number]): string[] {
	return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, specifier]) =>
		relative(source, resolve(source, dirname(file), specifier ?? '')),
	);
}

test('every part imports only the parts below it', () => {
	const strays = files.flatMap((each) =>
		importsOf(each)
			.filter((target) => partOf(target) !== partOf(each.file))
			.filter((target) => !mayImport[partOf(each.file)]?.includes(partOf(target)))
			.map((target) => `${each.file} imports ${target}`),
	);
	expect(strays).toEqual([]);
});

test('docs/architecture.md has the same table', () => {
	const text = readFileSync(join(projectRoot, 'docs/architecture.md'), 'utf8');
	expect(text, 'Regenerate it: scripts/check --fix').toBe(withImportTable(text));
});

test('another part is imported through its index', () => {
	const strays = files.flatMap((each) =>
		importsOf(each)
			.filter((target) => partOf(target) !== partOf(each.file) && target.includes(sep))
			.filter((target) => !target.endsWith(`${sep}index.ts`))
			.map((target) => `${each.file} imports ${target}`),
	);
	expect(strays).toEqual([]);
});

test('no files import one another in a circle', () => {
	let left = files.map((each) => ({ file: each.file, imports: importsOf(each) }));
	for (let before = 0; before !== left.length; ) {
		before = left.length;
		const names = new Set(left.map(({ file }) => file));
		left = left.filter(({ imports }) => imports.some((target) => names.has(target)));
	}
	expect(left).toEqual([]);
});

test('the environment and the arguments are read at entry points only', () => {
	// It hides variables from the libraries that would read them.
	const hides = join('connection', 'client-environment.ts');
	// The command of a migration tool inherits them.
	const passesOn = join('migration-sources', 'shell.ts');
	// It is the name of what the page's packages read, and is replaced in the bundle.
	const replaced = join('studio', 'bundle-page.ts');
	const readers = files.filter(({ text }) => /process\.(env|argv)\b/.test(text)).map(({ file }) => file);
	expect(readers.toSorted()).toEqual([
		join('cli', 'index.ts'),
		join('cli', 'main.ts'),
		hides,
		join('jest', 'global-setup.ts'),
		join('jest', 'index.ts'),
		passesOn,
		'register.ts',
		replaced,
		join('vitest', 'environment-setup.ts'),
		join('vitest', 'plugin.ts'),
		join('vitest', 'worker-name.ts'),
	]);
});

test('the lockfile names no registry', () => {
	expect(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "\w+:/);
});
