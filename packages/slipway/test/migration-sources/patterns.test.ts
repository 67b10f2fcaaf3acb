import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	absolutePattern,
	filesOf,
	inputPatterns,
	watchedPaths,
} from '../../src/migration-sources/patterns.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

function folderWith(files: readonly string[], name = 'project'): string {
	const folder = join(temporaryDirectory(), name);
	for (const file of files) {
		mkdirSync(dirname(join(folder, file)), { recursive: true });
		writeFileSync(join(folder, file), '');
	}
	return folder;
}

test.each<[inputs: string[], files: string[]]>([
	[['db'], ['db/.hidden', 'db/a.sql', 'db/deep/b.sql']],
	[['./db/'], ['db/.hidden', 'db/a.sql', 'db/deep/b.sql']],
	[
		['db/*.sql', 'config.ts'],
		['db/a.sql', 'config.ts'],
	],
	[['**/*.sql'], ['db/a.sql', 'db/deep/b.sql']],
	[['missing'], []],
])('the inputs %j are %j', (inputs, expected) => {
	const all = ['db/.hidden', 'db/a.sql', 'db/deep/b.sql', 'config.ts', 'db/node_modules/x/c.sql'];
	const folder = folderWith(all);
	const found = filesOf(inputs.flatMap((input) => inputPatterns(folder, input)));
	expect(found.map((file) => relative(folder, file)).toSorted()).toEqual(expected.toSorted());
});

test('a folder of any name is itself, not a pattern', () => {
	const character = fc.constantFrom(...'ab[](){}!*?+@^$ -ü');
	const name = fc
		.string({ unit: character, minLength: 1, maxLength: 8 })
		.filter((text) => text.trim() === text);
	fc.assert(
		fc.property(name, name, (project, input) => {
			const folder = folderWith([`${input}/a.sql`, 'other/b.sql'], project);
			expect(filesOf(inputPatterns(folder, input))).toEqual([join(folder, input, 'a.sql')]);
			expect(filesOf([absolutePattern(folder, 'other/*.sql')])).toEqual([join(folder, 'other/b.sql')]);
			expect(watchedPaths(inputPatterns(folder, input))).toEqual([join(folder, input)]);
		}),
		{
			numRuns: 50,
			examples: [
				['?$$', 'a'],
				['a', '!![a'],
			],
		},
	);
});

test('what is watched is the folder in which a pattern looks', () => {
	const patterns = ['prisma/migrations/*/migration.sql', 'db/{a,b}.sql', '*.sql'];
	expect(watchedPaths(patterns.map((pattern) => absolutePattern('/p', pattern)))).toEqual([
		'/p/prisma/migrations',
		'/p/db',
		'/p',
	]);
});
