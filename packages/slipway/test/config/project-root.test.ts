import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProjectRoot } from '../../src/config/index.ts';
import { makeProject } from './project.ts';

/** A workspace with the package `packages/shop`, which has the folder `src/deep`. Returns what `deep` is part of. */
function rootOfDeep(workspace: Readonly<Record<string, string>>): string | undefined {
	const root = makeProject(workspace);
	const deep = join(root, 'packages/shop/src/deep');
	mkdirSync(deep, { recursive: true });
	return findProjectRoot(deep)?.replace(root, 'ROOT');
}

const shop = { 'packages/shop/package.json': '{}' };

test.each<[what: string, files: Readonly<Record<string, string>>, root: string]>([
	['the closest package.json', shop, 'ROOT/packages/shop'],
	['the package.json above', {}, 'ROOT'],
	['the closest configuration', { ...shop, 'slipway.config.ts': '' }, 'ROOT'],
	[
		'the closest of two configurations',
		{ ...shop, 'slipway.config.ts': '', 'packages/shop/slipway.config.cjs': '' },
		'ROOT/packages/shop',
	],
	[
		'a configuration without a package.json',
		{ 'packages/shop/src/slipway.config.js': '' },
		'ROOT/packages/shop/src',
	],
	['"slipway" in a package.json above', { ...shop, 'package.json': '{ "slipway": {} }' }, 'ROOT'],
	[
		'"slipway" in the closest package.json',
		{ 'slipway.config.ts': '', 'packages/shop/package.json': '{ "slipway": {} }' },
		'ROOT/packages/shop',
	],
])('the project is the folder with %s', (_, files, root) => {
	expect(rootOfDeep(files)).toBe(root);
});

test('outside of a project there is none', () => {
	expect(findProjectRoot('/')).toBeUndefined();
});
