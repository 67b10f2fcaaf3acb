import { describe, expect, test } from 'vitest';
import { loadFiles } from './project.ts';

/** The errors in a configuration, which are reported together. */
async function errorsIn(config: object, files: Readonly<Record<string, string>> = {}): Promise<string[]> {
	const text = `export default ${JSON.stringify(config)};`;
	const { error } = await loadFiles({ ...files, 'slipway.config.mjs': text });
	if (error === undefined) return [];
	const [first, ...lines] = error.message.split('\n');
	expect(error.code).toBe('invalid-config');
	expect(first).toBe(
		`ROOT/slipway.config.mjs has ${lines.length === 1 ? 'an error' : `${lines.length} errors`}:`,
	);
	return lines.map((line) => line.replace(/^ {2}/, ''));
}

describe('an unknown field is refused', () => {
	test.each<[config: object, error: string]>([
		[{ migration: 'db' }, 'there is no "migration"; did you mean "migrations"?'],
		[{ Seeds: 'db' }, 'there is no "Seeds"; did you mean "seeds"?'],
		[{ role: {} }, 'there is no "role"; did you mean "roles"?'],
		[{ postgres: { setings: {} } }, 'there is no "postgres.setings"; did you mean "settings"?'],
		[{ dev: { cmd: 'x' } }, 'there is no "dev.cmd"; the fields are command, watch, branches, links'],
		[
			{ roles: { user: 'x' } },
			'there is no "roles.user"; the fields are owner, migrator, app, temporaryTables, grants',
		],
		[
			{ database: 'x' },
			'there is no "database"; the fields are migrations, models, seeds, types, extensions, roles, postgres, test, dev',
		],
		[{ constructor: {} }, expect.stringMatching(/^there is no "constructor"; the fields are /)],
		[{ '': 1 }, expect.stringMatching(/^there is no ""; /)],
	])('%j', async (config, error) => {
		expect(await errorsIn(config)).toEqual([error]);
	});
});

test('values of the wrong kind are all reported at once, with the unknown fields', async () => {
	const config = {
		migrations: true,
		models: 1,
		seeds: '',
		types: null,
		extensions: ['pg_trgm', 2],
		roles: ['app'],
		postgres: { version: '17', provider: 'external', image: {}, settings: { max_connections: 200 } },
		dev: { command: ['node'], watch: 'src', links: { Docs: 'http://' }, port: 1 },
	};
	expect(await errorsIn(config)).toEqual([
		'"migrations" is true, but must be a folder, false, { sql: … } or { command: …, inputs: … }',
		'"models" is 1, but must be a string',
		'"seeds" is \'\', but must be a string',
		'"types" is null, but must be a string',
		`"extensions" is [ 'pg_trgm', 2 ], but must be an array of strings, such as ['pg_trgm']`,
		`"roles" is [ 'app' ], but must be 'one', false or an object with owner, migrator, app, temporaryTables, grants`,
		'"postgres.version" is \'17\', but must be one of 15, 16, 17, 18',
		'"postgres.provider" is \'external\', but must be one of auto, embedded, container',
		'"postgres.image" is {}, but must be a string',
		'"postgres.settings" is { max_connections: 200 }, but must be an object with string values',
		'"dev.command" is [ \'node\' ], but must be a string',
		`"dev.watch" is 'src', but must be an array of strings, such as ['src']`,
		`"dev.links" is { Docs: 'http://' }, but must be an object with paths or URLs, such as { 'API docs': '/docs' }`,
		'there is no "dev.port"; the fields are command, watch, branches, links',
	]);
});

test.each([{ roles: 'one' }, { roles: false }, { roles: { app: 'shop', temporaryTables: true } }])(
	'%j is accepted',
	async (config) => {
		expect(await errorsIn(config)).toEqual([]);
	},
);

test.each<[config: object, error: string]>([
	[{ roles: 'two' }, `"roles" is 'two', but must be 'one', false or an object with`],
	[{ roles: true }, '"roles" is true, but must be'],
	[{ roles: { temporaryTables: 'yes' } }, `"roles.temporaryTables" is 'yes', but must be true or false`],
])('%j is refused', async (config, error) => {
	expect(await errorsIn(config)).toEqual([expect.stringContaining(error)]);
});

test('a field that is undefined counts as not set', async () => {
	const files = { 'slipway.config.mjs': 'export default { migrations: undefined, dev: undefined };' };
	expect((await loadFiles(files)).config?.migrations).toBe('ROOT/migrations');
});

test('configured folders that do not exist are all reported at once', async () => {
	const config = { migrations: 'db/migrations', models: 'models', seeds: 'a.sql', types: 'no/rows.ts' };
	expect(await errorsIn(config, { 'a.sql': '' })).toEqual([
		'"migrations" is "db/migrations", but there is no folder ROOT/db/migrations',
		'"models" is "models", but there is no folder ROOT/models',
		'"seeds" is "a.sql", but there is no folder ROOT/a.sql',
	]);
	expect(await errorsIn({ migrations: 'a.sql/b' }, { 'a.sql': '' })).toHaveLength(1);
	expect(await errorsIn({ migrations: 'a\0b' })).toHaveLength(1);
});
