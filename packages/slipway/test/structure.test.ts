import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, toolRoot } from './helpers/child-process.ts';

/** Each part of src/, with the parts that it may import; docs/architecture.md draws it. */
const mayImport: Record<string, readonly string[]> = {
	'errors.ts': [],
	'sql.ts': ['errors.ts'],
	'files.ts': [],
	'provider-names.ts': [],
	'postgres-versions.ts': [],
	'listening.ts': ['errors.ts'],
	connection: ['errors.ts', 'files.ts'],
	settings: ['errors.ts', 'sql.ts', 'provider-names.ts', 'postgres-versions.ts', 'connection'],
	terminal: ['errors.ts'],
	config: ['errors.ts', 'provider-names.ts'],
	postgres: ['errors.ts', 'files.ts', 'provider-names.ts', 'postgres-versions.ts', 'connection'],
	database: ['errors.ts', 'sql.ts', 'postgres-versions.ts', 'connection', 'settings'],
	prepare: ['errors.ts', 'provider-names.ts', 'connection', 'settings', 'postgres', 'database'],
	'program-environment.ts': ['connection', 'settings'],
	'run-program.ts': ['errors.ts'],
	'start-options.ts': ['errors.ts', 'provider-names.ts', 'config', 'settings', 'postgres'],
	'start-postgres.ts': [
		'errors.ts',
		'connection',
		'settings',
		'postgres',
		'database',
		'prepare',
		'start-options.ts',
	],
	'shadow.ts': ['connection', 'settings', 'database', 'start-postgres.ts'],
	dev: [
		'errors.ts',
		'provider-names.ts',
		'listening.ts',
		'connection',
		'settings',
		'config',
		'terminal',
		'postgres',
		'database',
		'program-environment.ts',
	],
	clean: ['errors.ts', 'provider-names.ts', 'postgres', 'dev'],
	stack: ['errors.ts', 'postgres-versions.ts', 'settings'],
	doctor: ['errors.ts', 'listening.ts', 'connection', 'settings', 'postgres', 'database', 'dev', 'stack'],
	'server-pool': ['errors.ts', 'connection'],
	vitest: [
		'errors.ts',
		'config',
		'connection',
		'postgres',
		'database',
		'start-options.ts',
		'start-postgres.ts',
		'server-pool',
	],
	cli: [
		'provider-names.ts',
		'program-environment.ts',
		'run-program.ts',
		'errors.ts',
		'connection',
		'settings',
		'config',
		'terminal',
		'database',
		'dev',
		'clean',
		'stack',
		'doctor',
		'start-options.ts',
		'start-postgres.ts',
		'shadow.ts',
	],
	'index.ts': [
		'errors.ts',
		'provider-names.ts',
		'listening.ts',
		'connection',
		'settings',
		'postgres',
		'database',
		'start-postgres.ts',
	],
};

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
	const readers = files.filter(({ text }) => /process\.(env|argv)\b/.test(text)).map(({ file }) => file);
	expect(readers.toSorted()).toEqual([
		join('cli', 'index.ts'),
		join('cli', 'main.ts'),
		hides,
		join('vitest', 'plugin.ts'),
	]);
});

test('the lockfile names no registry', () => {
	expect(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "\w+:/);
});
