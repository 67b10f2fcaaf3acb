import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, withClient } from '../../../src/connection/index.ts';
import { readSqlMigrations, runSqlMigrations } from '../../../src/database/sql-migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { ownDatabase, tablesOf } from '../../helpers/own-database.ts';
import { folderWith, writeFileIn } from '../../helpers/project-files.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const run = async (migrator: Connection, root: string) =>
	await runSqlMigrations(migrator, await readSqlMigrations(root, ['**/*.sql']));

/** Runs one file with this text on a database of its own, and returns the tables that it leaves. */
async function tablesAfter(text: string, name = '1_a.sql'): Promise<readonly string[]> {
	const { migrator } = await ownDatabase(server);
	await run(migrator, folderWith({ [name]: text }));
	return await tablesOf(migrator);
}

describe('a new database', () => {
	test('runs all files in order, with fresh settings for each', async () => {
		const { migrator, app } = await ownDatabase(server);
		const root = folderWith({
			'10_c.sql': 'ALTER TABLE b ADD c int;',
			'2_b.sql': 'CREATE TABLE b (id int);',
			'1_a.sql': "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.a (id int);",
		});
		expect(await run(migrator, root)).toEqual(['1_a.sql', '2_b.sql', '10_c.sql']);
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
		await withClient(app, (sql) => sql`INSERT INTO b (c) VALUES (1)`);
	});

	const working: Readonly<Record<string, string>> = {
		'a file of dbmate': '-- migrate:up\nCREATE TABLE a ();\n\n-- migrate:down\nDROP TABLE a;\n',
		'an index made concurrently, by dbmate':
			'-- migrate:up transaction:false\nCREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);\n-- migrate:down\n',
		'a transaction of its own': 'BEGIN;\nCREATE TABLE a ();\nCOMMIT;\n',
		'one with an isolation level': 'BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE a ();\nEND;',
		'statements around transactions':
			'CREATE TABLE a (id int);\nBEGIN;\nCREATE TABLE lost ();\nROLLBACK;\nSET search_path TO public;\nCREATE INDEX CONCURRENTLY i ON a (id);\nALTER TABLE a ADD b int;',
		'a transaction that is not ended': 'START TRANSACTION;\nCREATE TABLE a ();',
		'a transaction in a chain':
			'BEGIN;\nCREATE TABLE a ();\nCOMMIT AND CHAIN;\nALTER TABLE a ADD b int;\nCOMMIT;',
		'a single statement that ends transactions': 'DO $$ BEGIN CREATE TABLE a (); COMMIT; END $$;',
		'a savepoint': 'CREATE TABLE a ();\nSAVEPOINT s;\nCREATE TABLE lost ();\nROLLBACK TO s;',
	};

	test.each(Object.entries(working))('%s runs', async (_, text) => {
		expect(await tablesAfter(text)).toEqual(['a']);
	});

	test('a failure names file, line and column, the statement, detail and hint, and is rolled back', async () => {
		const { migrator } = await ownDatabase(server);
		const root = folderWith({
			'1_a.sql': 'CREATE TABLE a (id int);',
			'2_b.sql':
				"CREATE TABLE b ();\n\nDO $$ BEGIN\n\tRAISE 'no' USING DETAIL = 'the detail', HINT = 'the hint';\nEND $$;",
		});
		await expect(run(migrator, root)).rejects.toMatchObject({
			code: 'migration-failed',
			message: `${root}/2_b.sql:3:1: no\n  in: DO $$ BEGIN …\n  the detail\n  the hint\nIts transaction was rolled back.\napplied before: 1_a.sql`,
		});
		expect(await tablesOf(migrator)).toEqual(['a']);
	});

	const failing: Readonly<Record<string, [text: string, error: object]>> = {
		'an unknown column, in characters': [
			"SELECT '😀',\n\t'😀' AS é, missing;",
			{ message: expect.stringContaining('1_a.sql:2:12: column "missing" does not exist') },
		],
		'a constraint at the end': [
			'CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1, 2);',
			{ message: expect.stringMatching(/1_a.sql: insert or update on table "a" violates foreign key/) },
		],
		'a role': [
			'DO $$ BEGIN CREATE ROLE anon; END $$',
			{ message: expect.stringContaining('Name the role in postgres.logins') },
		],
		'a table that Supabase makes': [
			'CREATE TABLE a (id uuid REFERENCES auth.users);',
			{ message: expect.stringContaining('docs/migration-tools.md#supabase') },
		],
		'an index in a transaction': [
			'CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);',
			{ message: expect.stringContaining('1_a.sql:2:1'), hint: expect.stringContaining('a file of its own') },
		],
		'the same in a file of goose': [
			'-- +goose Up\nCREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);',
			{ hint: 'It cannot run in a transaction. Mark it: -- +goose NO TRANSACTION.' },
		],
	};

	test.each(Object.entries(failing))('%s: an error', async (_, [text, error]) => {
		await expect(tablesAfter(text)).rejects.toMatchObject({ code: 'migration-failed', ...error });
	});

	test('nothing runs if one file is invalid', async () => {
		const { migrator } = await ownDatabase(server);
		const root = folderWith({ '1_a.sql': 'CREATE TABLE a ();', '2_b.sql': '\\copy a' });
		await expect(run(migrator, root)).rejects.toMatchObject({ code: 'invalid-migrations' });
		expect(await tablesOf(migrator)).toEqual([]);
	});
});

describe('a database that has some', () => {
	test('runs what is pending, and repeatable files again when they change', async () => {
		const { migrator, app } = await ownDatabase(server);
		const view = (value: number) => `DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT ${value} AS value;`;
		const root = folderWith({ 'V1__a.sql': 'CREATE TABLE a ();', 'R__v.sql': view(1) });
		expect(await run(migrator, root)).toEqual(['V1__a.sql', 'R__v.sql']);
		expect(await run(migrator, root)).toEqual([]);
		writeFileIn(root, 'R__v.sql', view(2));
		writeFileIn(root, 'V2__b.sql', 'CREATE TABLE b ();');
		expect(await run(migrator, root)).toEqual(['V2__b.sql', 'R__v.sql']);
		await withClient(app, async (sql) => {
			expect(await sql`SELECT value FROM v`).toEqual([{ value: 2 }]);
			expect(await sql`SELECT name FROM slipway.applied_migrations ORDER BY applied_at`).toMatchObject([
				{ name: 'V1__a.sql' },
				{ name: 'V2__b.sql' },
				{ name: 'R__v.sql' },
			]);
			await expect(sql`DELETE FROM slipway.applied_migrations`).rejects.toMatchObject({ code: '42501' });
		});
	});

	test('records a file in its own last transaction, and none that failed', async () => {
		const { migrator } = await ownDatabase(server);
		const root = folderWith({
			'1_a.sql': 'CREATE TABLE a (id int);',
			'2_b.sql': 'BEGIN; CREATE TABLE b (id int); SET LOCAL search_path TO pg_catalog; COMMIT;',
			'3_c.sql': 'CREATE INDEX CONCURRENTLY i ON a (id);',
			'4_d.sql': 'CREATE TABLE d (); SELECT 1 / 0;',
			'5_e.sql': 'SELECT 1;',
		});
		await expect(run(migrator, root)).rejects.toMatchObject({
			code: 'migration-failed',
			message: expect.stringMatching(
				/division by zero\n.*\nIts transaction was rolled back.\napplied before: 1_a.sql, 2_b.sql, 3_c.sql\nnot applied: 5_e.sql$/,
			),
		});
		const rows = await withClient(
			migrator,
			(sql) => sql<{ name: string; own: boolean }[]>`
				SELECT name, ledger.xmin::text = pg_class.xmin::text AS own
				FROM slipway.applied_migrations AS ledger LEFT JOIN pg_class ON relname = substring(name FROM 3 FOR 1)
				ORDER BY name`,
		);
		expect(rows).toMatchObject([{ name: '1_a.sql' }, { name: '2_b.sql', own: true }, { name: '3_c.sql' }]);
		writeFileIn(root, '4_d.sql', 'CREATE TABLE d ();');
		expect(await run(migrator, root)).toEqual(['4_d.sql', '5_e.sql']);
	});

	test('refuses an edited file, with the way to start again', async () => {
		const { migrator } = await ownDatabase(server);
		const root = folderWith({ '1_a.sql': 'CREATE TABLE a ();' });
		await run(migrator, root);
		writeFileIn(root, '1_a.sql', 'CREATE TABLE a (id int);');
		await expect(run(migrator, root)).rejects.toMatchObject({
			code: 'migrations-diverged',
			message: expect.stringContaining('1_a.sql'),
			hint: expect.stringContaining('npx slipway clean --erase'),
		});
	});

	test('reports files that are gone, and those that come late', async () => {
		const { migrator } = await ownDatabase(server);
		await run(migrator, folderWith({ '1_a.sql': 'SELECT 1;', '3_c.sql': 'SELECT 3;' }));
		const root = folderWith({ '2_b.sql': 'CREATE TABLE b ();', '3_c.sql': 'SELECT 3;' });
		const lines: string[] = [];
		await runSqlMigrations(migrator, await readSqlMigrations(root, ['*.sql']), {
			onProgress: (line) => lines.push(line),
		});
		expect(lines).toEqual([
			'applied earlier, but the files are gone: 1_a.sql',
			'applied after later ones: 2_b.sql',
		]);
		expect(await tablesOf(migrator)).toEqual(['b']);
	});

	test('several runs at once take turns', async () => {
		const { migrator } = await ownDatabase(server);
		const root = folderWith({ '1_a.sql': 'CREATE TABLE a ();', '2_b.sql': 'CREATE TABLE b ();' });
		const ran = await Promise.all(Array.from({ length: 4 }, () => run(migrator, root)));
		expect(ran.flat().toSorted()).toEqual(['1_a.sql', '2_b.sql']);
	});
});
