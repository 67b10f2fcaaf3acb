import { expect, test } from 'vitest';
import { loadFiles } from './project.ts';

const notLoaded: [what: string, file: string, text: string, message: RegExp][] = [
	['does not parse', 'slipway.config.ts', 'export default {', /could not be loaded: .*[Ee]xpected/],
	[
		'does not parse',
		'slipway.config.mjs',
		'export default {',
		/could not be loaded: Unexpected end of input/,
	],
	['uses an enum', 'slipway.config.ts', 'enum A { B }', /could not be loaded: .*enum is not supported/],
	['throws', 'slipway.config.mjs', "throw new Error('no DB_NAME');", /could not be loaded: no DB_NAME$/],
	['throws no error', 'slipway.config.mjs', 'throw undefined;', /could not be loaded: undefined$/],
	['throws null', 'slipway.config.cjs', 'throw null;', /could not be loaded: null$/],
	['imports nothing that exists', 'slipway.config.ts', "import './no.ts';", /Cannot find module .*no\.ts/],
	[
		'imports an unknown kind of file',
		'slipway.config.ts',
		"import './a.txt';",
		/Unknown file extension "\.txt"/,
	],
];
test.each(notLoaded)('a file that %s (%s) is an error with its cause', async (_, file, text, message) => {
	const { error } = await loadFiles({ 'package.json': '{ "type": "module" }', 'a.txt': '', [file]: text });
	expect(error).toEqual({
		code: 'config-not-loaded',
		message: expect.stringMatching(message),
		hint: 'Correct the file. Run with --verbose for details.',
	});
	expect(error?.message).toContain(`ROOT/${file} could not be loaded`);
});

const exportsNothing: [file: string, text: string, hint: string][] = [
	['slipway.config.ts', '', 'Export it: export default defineConfig({ … });'],
	['slipway.config.ts', 'export const migrations = false;', 'Export it: export default defineConfig({ … });'],
	['slipway.config.mjs', 'export default undefined;', 'Export it: export default defineConfig({ … });'],
	['slipway.config.cjs', 'const config = {};', 'Export it: module.exports = { … };'],
];
test.each(exportsNothing)('%s that exports nothing, %j, is an error', async (file, text, hint) => {
	expect(await loadFiles({ 'package.json': '{ "type": "module" }', [file]: text })).toEqual({
		error: { code: 'config-not-loaded', message: `ROOT/${file} does not export a configuration`, hint },
	});
});

test('an empty configuration is valid', async () => {
	expect(await loadFiles({ 'slipway.config.mjs': 'export default {};' })).toHaveProperty('config');
});

const notAnObject: [text: string, shown: string][] = [
	["'db'", "'db'"],
	['null', 'null'],
	['[]', '[]'],
	['() => ({})', '[Function: default]'],
	['new Map()', 'Map(0) {}'],
];
test.each(notAnObject)('a configuration that is %s is refused', async (text, shown) => {
	expect((await loadFiles({ 'slipway.config.mjs': `export default ${text};` })).error).toMatchObject({
		code: 'invalid-config',
		message: `ROOT/slipway.config.mjs has an error:\n  the configuration is ${shown}, but must be an object`,
		hint: expect.stringMatching(/^Correct the file\. .*docs\/configuration\.md/),
	});
});

test.each(['null', '"db"', '[]', 'false'])('"slipway": %s in package.json is refused', async (value) => {
	const { error } = await loadFiles({ 'package.json': `{ "slipway": ${value} }` });
	expect(error?.message).toMatch(
		/^"slipway" in ROOT\/package\.json has an error:\n {2}.* must be an object$/,
	);
});

test('a package.json that is not JSON has no configuration', async () => {
	expect(await loadFiles({ 'package.json': '{' })).toHaveProperty('config');
});
