import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runner } from 'node-pg-migrate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import {
	lintMigrations,
	listMigrations,
	migrateDown,
	migrateRedo,
	migrateUp,
	migrationHistory,
	stampMigrations,
} from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { ownDatabase, statesOf, tablesOf } from '../../helpers/own-database.ts';
import { folderWith, writeFileIn } from '../../helpers/project-files.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const creates = (table: string) => `export const up = (pgm) => pgm.createTable('${table}', { id: 'id' });\n`;

test('programs of every kind, and SQL, are applied, reverted, repeated, stamped and listed in one order', async () => {
	const { migrator, app } = await ownDatabase(server);
	const directory = folderWith({
		'1_a.js':
			"exports.shorthands = { label: { type: 'text', notNull: true } };\n" +
			creates('a').replace('export const up', 'exports.up'),
		'2_b.sql': '-- Up Migration\nCREATE TABLE b (id int);\n-- Down Migration\nDROP TABLE b;',
		'3_c.ts': `import type { MigrationBuilder } from 'node-pg-migrate';
			enum Name { C = 'c' }
			export async function up(pgm: MigrationBuilder): Promise<void> {
				pgm.createTable(Name.C, { id: 'id', name: 'label', at: { type: 'timestamptz', default: pgm.func('now()') } });
			}`,
		'4_d.mjs': creates('d'),
		'5_e.cjs':
			'module.exports = { up(pgm, done) { pgm.createTable("e", { id: "id" }); setTimeout(done); } };',
		'6_f.mts': creates('f'),
		'7_g.cts': creates('g'),
		'10_h.js':
			"export default { up: (pgm) => pgm.sql('CREATE TABLE h ()'), down: (pgm) => pgm.sql('DROP TABLE h') };",
		'1_a.d.ts': 'export {};',
		'1_a.js.map': '{}',
	});
	const names = ['1_a', '2_b', '3_c', '4_d', '5_e', '6_f', '7_g', '10_h'];
	const tables = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
	expect(await listMigrations(directory)).toEqual(names);
	const printed: string[] = [];
	await migrateUp(migrator, directory, { dryRun: true, onSql: (sql) => printed.push(sql) });
	expect(printed.join('\n')).toMatch(/CREATE TABLE "c"[\s\S]*"name" text NOT NULL/);
	expect(await tablesOf(migrator)).toEqual([]);
	// As the commands name the folder.
	const relativeDirectory = relative(process.cwd(), directory);
	expect(await migrateUp(migrator, relativeDirectory, { to: '2_b' })).toEqual(['1_a', '2_b']);
	expect(await migrateUp(migrator, directory)).toEqual(names.slice(2));
	expect(await tablesOf(migrator)).toEqual(tables);
	await withClient(app, (sql) => sql`INSERT INTO c (name) VALUES ('x')`);
	expect(await migrateRedo(migrator, directory, { count: 3 })).toEqual(['10_h', '7_g', '6_f']);
	expect(await tablesOf(migrator)).toEqual(tables);
	expect(await migrateDown(migrator, directory, { to: '2_b.sql' })).toEqual(names.slice(2).toReversed());
	expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	await stampMigrations(migrator, directory, '3_c.ts');
	expect((await statesOf(migrator, directory)).slice(1, 4)).toEqual([
		'2_b applied',
		'3_c applied',
		'4_d pending',
	]);
	writeFileIn(directory, '1_a.js', creates('a'));
	expect((await statesOf(migrator, directory))[0]).toBe('1_a edited');
	expect((await migrationHistory(migrator)).at(-1)).toMatchObject({ action: 'stamp', name: '3_c' });
});

test('node-pg-migrate and Slipway agree on what is applied', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = folderWith({ '1_a.mjs': creates('a') });
	await migrateUp(migrator, directory);
	writeFileIn(directory, '2_b.mjs', creates('b'));
	const { host, port, username: user, password, database } = migrator;
	await runner({
		databaseUrl: { host, port, user, password: String(password), database },
		dir: directory,
		direction: 'up',
		migrationsTable: 'migrations',
		migrationsSchema: 'slipway',
		log: () => {},
	});
	expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	expect(await statesOf(migrator, directory)).toEqual(['1_a applied', '2_b applied']);
	expect(await migrateDown(migrator, directory, { all: true })).toEqual(['2_b', '1_a']);
});

test('pgm.db queries in the transaction of the migration, which a failure rolls back', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = folderWith({
		'1_a.mjs': `export const up = async (pgm) => {
			await pgm.db.query('CREATE TABLE a (id int)');
			await pgm.db.query({ text: 'INSERT INTO a VALUES ($1)', values: [5] });
			const [row] = await pgm.db.select('SELECT id FROM a WHERE id = $1', [5]);
			pgm.createTable('b' + row.id, { id: 'id' });
		};`,
		'2_c.mjs': `export const up = async (pgm) => {
			await pgm.db.query('CREATE TABLE c (id int)');
			throw new Error('not today');
		};`,
	});
	await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
		code: 'migration-failed',
		message: `${join(directory, '2_c.mjs')}:3: not today\nIts transaction was rolled back.\napplied before: 1_a`,
	});
	expect(await tablesOf(migrator)).toEqual(['a', 'b5']);
});

test('pgm.noTransaction runs the statements outside a transaction', async () => {
	const { migrator } = await ownDatabase(server);
	const index = (setup: string) =>
		`export const up = (pgm) => { ${setup} pgm.createIndex('a', 'id', { concurrently: true, name: 'a_id' }); };`;
	const directory = folderWith({ '1_a.mjs': creates('a'), '2_b.mjs': index('') });
	await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
		message: expect.stringMatching(
			/2_b.mjs: CREATE INDEX CONCURRENTLY cannot run .*\n {2}in: CREATE +INDEX CONCURRENTLY/,
		),
		hint: expect.stringContaining('pgm.noTransaction()'),
	});
	writeFileIn(directory, '2_b.mjs', index('pgm.noTransaction();'));
	expect(await migrateUp(migrator, directory)).toEqual(['2_b']);
	expect(await migrateDown(migrator, directory)).toEqual(['2_b']);
});

describe('a program', () => {
	const fails = async (file: string, text: string) => {
		const { migrator } = await ownDatabase(server);
		return await migrateUp(migrator, folderWith({ [file]: text })).catch((error: unknown) => error);
	};

	test.each([
		['1_a.ts', 'export const up = (pgm) => {', /1_a\.ts cannot be loaded: /],
		['1_a.js', "require('./missing');", /1_a\.js cannot be loaded: Cannot find module '\.\/missing'/],
		['1_a.js', 'exports.down = () => {};', /1_a\.js exports no function "up"/],
		['1_a.mjs', 'export const up = () => {}; export const down = 1;', /"down", which is neither/],
	])('%s that is no migration is refused: %j', async (file, text, message) => {
		expect(await fails(file, text)).toMatchObject({
			code: 'invalid-migrations',
			message: expect.stringMatching(message),
		});
	});

	test('of another tool is recognised by the packages of its project', async () => {
		const { migrator } = await ownDatabase(server);
		const root = folderWith({
			'package.json': '{ "dependencies": { "knex": "3.0.0" } }',
			'knexfile.js': "module.exports = { client: 'pg' };",
			'migrations/20240101000000_a.js': "exports.up = (knex) => knex.schema.createTable('a', () => {});",
		});
		await expect(migrateUp(migrator, join(root, 'migrations'))).rejects.toMatchObject({
			code: 'invalid-migrations',
			hint: expect.stringMatching(
				/another tool \(Knex\).*migrations: \{ command: 'npx knex migrate:latest', inputs:/,
			),
		});
	});

	test('that cannot be reverted says why, with nothing reverted', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = folderWith({
			'1_a.mjs': `${creates('a')}export const down = false;`,
			'2_b.mjs': "export const up = (pgm) => pgm.sql('CREATE TABLE b ()');",
		});
		await migrateUp(migrator, directory);
		await expect(migrateDown(migrator, directory)).rejects.toMatchObject({
			code: 'migration-failed',
			message: expect.stringContaining('Impossible to automatically infer down migration'),
		});
		rmSync(join(directory, '2_b.mjs'));
		await stampMigrations(migrator, directory, '1_a');
		await expect(migrateDown(migrator, directory)).rejects.toMatchObject({
			code: 'migration-irreversible',
			hint: expect.stringContaining('a function "down"'),
		});
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	});

	test('runs as it is now, also in a process that ran it before', async () => {
		const { migrator } = await ownDatabase(server);
		const root = folderWith({
			'migrations/1_a.ts': `import { table } from '../table';\n${creates('a').replace("'a'", 'table')}`,
		});
		const directory = join(root, 'migrations');
		for (const table of ['first', 'second']) {
			writeFileIn(root, 'table.ts', `export const table: string = '${table}';`);
			await migrateUp(migrator, directory);
			await stampMigrations(migrator, directory, undefined);
		}
		expect(await tablesOf(migrator)).toEqual(['first', 'second']);
	});
});

test('programs with the same number run in the order of their names, as in node-pg-migrate', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = folderWith({ '1_b.mjs': creates('b'), '1_a.mjs': creates('a'), '1_c.sql': 'SELECT 1;' });
	expect(await migrateUp(migrator, directory)).toEqual(['1_a', '1_b', '1_c']);
});

test('lint checks the SQL and names the files that it skips', async () => {
	const directory = folderWith({ '1_a.ts': creates('a'), '2_b.sql': 'TRUNCATE a;' });
	const skipped: string[] = [];
	const findings = await lintMigrations(directory, { onSkipped: (files) => skipped.push(...files) });
	expect(findings).toMatchObject([{ kind: 'truncate-table' }]);
	expect(skipped).toEqual(['1_a.ts']);
});

test.each([
	[['1_a.ts', '1_a.js'], '1_a.js and 1_a.ts: one migration in two files'],
	[['1_a.ts', 'helpers.ts'], 'helpers.ts: not named <number>_<name>.js'],
	[['1_a.py'], '1_a.py: it would never run'],
])('a folder with %j is refused', async (files, message) => {
	const directory = folderWith(Object.fromEntries(files.map((file) => [file, creates('a')])));
	await expect(listMigrations(directory)).rejects.toMatchObject({
		code: 'invalid-migrations',
		message: expect.stringContaining(message),
	});
});
