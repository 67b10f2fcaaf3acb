import { expect, test } from 'vitest';
import { load, loadFiles, makeProject } from './project.ts';

const migrations = { 'db/1_a.sql': '' };
const commonJs = "module.exports = { migrations: 'db' };";
const module = "export default { migrations: 'db' };";
const typed = `
	import { defineConfig } from 'slipway/config';
	const migrations: string = 'db';
	export default defineConfig({ migrations });`;

test.each<[file: string, text: string, manifest: string]>([
	['slipway.config.ts', typed, '{}'],
	['slipway.config.ts', typed, '{ "type": "module" }'],
	['slipway.config.ts', typed, '{ "type": "commonjs" }'],
	['slipway.config.ts', "const migrations: string = 'db'; module.exports = { migrations };", '{}'],
	['slipway.config.mts', typed, '{ "type": "commonjs" }'],
	['slipway.config.mjs', module, '{ "type": "commonjs" }'],
	['slipway.config.js', module, '{ "type": "module" }'],
	['slipway.config.js', module, '{ "type": "commonjs" }'],
	['slipway.config.js', module, '{}'],
	['slipway.config.js', commonJs, '{}'],
	['slipway.config.cjs', commonJs, '{ "type": "module" }'],
	['package.json', '{ "slipway": { "migrations": "db" } }', ''],
	['slipway.config.mjs', 'export default Object.assign(Object.create(null), { migrations: "db" });', '{}'],
])('%s is read: %s', async (file, text, manifest) => {
	const { config, error } = await loadFiles({ 'package.json': manifest, ...migrations, [file]: text });
	expect(error).toBeUndefined();
	expect(config).toMatchObject({ root: 'ROOT', migrations: 'ROOT/db', migrationsToApply: 'ROOT/db' });
});

test('without a configuration, the defaults apply', async () => {
	const defaults = {
		root: 'ROOT',
		migrations: 'ROOT/migrations',
		models: 'ROOT/src',
		seeds: 'ROOT/seeds',
		types: 'ROOT/src/rows.ts',
		extensions: [],
		roles: {},
		postgres: {},
		test: {},
		dev: { watch: [], branches: false, links: {} },
	};
	expect(await loadFiles({})).toEqual({ config: defaults });
	expect(await loadFiles({ 'migrations/1_a.sql': '' })).toEqual({
		config: { ...defaults, migrationsToApply: 'ROOT/migrations' },
	});
});

test('every field is read, with its paths relative to the project', async () => {
	const fields = {
		migrations: false,
		models: 'models',
		seeds: './rows',
		types: 'types/rows.ts',
		extensions: ['pg_trgm'],
		roles: { owner: 'shop_owner', migrator: 'shop_migrator', app: 'shop' },
		postgres: { provider: 'container', image: 'postgres:17', settings: { max_connections: '50' } },
		test: { provider: 'external' },
		dev: { command: 'node app.js', watch: ['lib', '../shared'], branches: true, links: { Docs: '/docs' } },
	};
	const files = { 'models/schema.sql': '', 'rows/a.sql': '', 'migrations/1_a.sql': '' };
	const { config } = await loadFiles({ ...files, 'package.json': JSON.stringify({ slipway: fields }) });
	expect(config).toEqual({
		...fields,
		root: 'ROOT',
		migrations: 'ROOT/migrations',
		migrationsToApply: false,
		models: 'ROOT/models',
		seeds: 'ROOT/rows',
		types: 'ROOT/types/rows.ts',
		dev: { ...fields.dev, watch: ['ROOT/lib', expect.stringMatching(/\/shared$/)] },
	});
});

test.each([
	[['slipway.config.ts', 'slipway.config.mjs'], {}],
	[['slipway.config.cjs', 'package.json'], { slipway: {} }],
])('two configurations, %j, are refused', async (names, manifest) => {
	const files = Object.fromEntries(names.map((name) => [name, 'export default {};']));
	const { error } = await loadFiles({ ...files, 'package.json': JSON.stringify(manifest) });
	expect(error).toMatchObject({
		code: 'two-configs',
		message: `ROOT has more than one configuration: ${names.join(', ')}`,
		hint: expect.stringMatching(/^Keep one of them\./),
	});
});

test.each(['with space', '$HOME', 'a#b?c', '100%25', 'quote\'"', 'ünï名'])(
	'the path of a project may contain %j',
	async (name) => {
		const project = makeProject({ ...migrations, 'slipway.config.ts': typed }, name);
		expect((await load(project)).config?.migrations).toBe(`${project}/db`);
	},
);
