import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import {
	migrateDown,
	migrateUp,
	migrationStatus,
	stampMigrations,
} from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import {
	makesTable,
	migrationsDirectory,
	ownDatabase,
	tablesOf,
	writeMigration,
} from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('a migration that fails', () => {
	test("is reported by file, line and column, with the server's message", async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': '-- Up Migration\nCREATE TABLE a (id int);\n\nCREATE TABLE b (\n\tid nt\n);\n',
		});
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'migration-failed',
			message: `${join(directory, '1_a.sql')}:5:5: type "nt" does not exist\nIts transaction was rolled back.`,
			hint: 'Fix the file, then run npx slipway migrate up again.',
		});
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('keeps what was applied before it, is rolled back itself, and later ones are not run', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': 'CREATE TABLE b (id int);\nCREATE TABLE b (id int);',
			'3_c': makesTable('c'),
		});
		const migrated: string[] = [];
		const refusal = migrateUp(migrator, directory, { onMigrated: (name) => migrated.push(name) });
		await expect(refusal).rejects.toThrow(
			/2_b\.sql:2:1: relation "b" already exists\n.*rolled back\.\napplied before: 1_a\nnot applied: 3_c$/,
		);
		expect(migrated).toEqual(['1_a']);
		expect(await tablesOf(migrator)).toEqual(['a']);
		writeMigration(directory, '2_b', makesTable('b'));
		expect(await migrateUp(migrator, directory)).toEqual(['2_b', '3_c']);
	});

	test.each([
		['before the first', 'nothing'],
		['after some', '1_a'],
	])('because the database is read-only, %s, is not blamed on the file', async (_, applied) => {
		const { migrator, settings } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		if (applied === '1_a') await migrateUp(migrator, directory);
		writeMigration(directory, '2_b', makesTable('b'));
		await withClient(server.admin, (sql) =>
			sql.unsafe(`ALTER DATABASE ${settings.name} SET default_transaction_read_only = on`),
		);
		for (const use of [
			() => migrateUp(migrator, directory),
			() => stampMigrations(migrator, directory, '2_b'),
		])
			await expect(use()).rejects.toMatchObject({
				code: 'database-read-only',
				message: expect.stringMatching(/^the database is read-only: cannot execute /),
				hint: expect.stringContaining('RESET default_transaction_read_only'),
			});
	});

	test('halfway through ten files says which are applied and which are not', async () => {
		const { migrator } = await ownDatabase(server);
		const files = Array.from({ length: 10 }, (_, index) => [`${index + 1}_t`, makesTable(`t${index + 1}`)]);
		const directory = migrationsDirectory({ ...Object.fromEntries(files), '6_t': 'SELECT 1 / 0;' });
		await expect(migrateUp(migrator, directory)).rejects.toThrow(
			/6_t\.sql:1:1: division by zero\n.*rolled back\.\napplied before: 1_t, 2_t, 3_t, 4_t, 5_t\nnot applied: 7_t, 8_t, 9_t, 10_t$/,
		);
		const states = (await migrationStatus(migrator, directory)).map(({ state }) => state);
		expect(states).toEqual([...Array(5).fill('applied'), ...Array(5).fill('pending')]);
		writeMigration(directory, '6_t', makesTable('t6'));
		expect(await migrateUp(migrator, directory)).toHaveLength(5);
	});

	test('among many names some of those before and after it, and counts the rest', async () => {
		const { migrator } = await ownDatabase(server);
		const files = Array.from({ length: 31 }, (_, index) => [`${index + 1}_t`, 'SELECT 1;']);
		const directory = migrationsDirectory({ ...Object.fromEntries(files), '13_t': 'SELECT 1 / 0;' });
		await expect(migrateUp(migrator, directory)).rejects.toThrow(
			/\napplied before: 1_t, .*, 10_t and 2 more\nnot applied: 14_t, .*, 23_t and 8 more$/,
		);
	});

	test("is reported with the server's detail, hint and context", async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': "SELECT 1;\nDO $$ BEGIN\n\tRAISE 'no' USING DETAIL = 'as such', HINT = 'say yes';\nEND $$;",
		});
		await expect(migrateUp(migrator, directory)).rejects.toThrow(
			/1_a\.sql:2:1: no\n {2}detail: as such\n {2}hint: say yes\n {2}context: PL\/pgSQL .* line 2 at RAISE\n/,
		);
	});

	test.each([
		[
			'cannot run in a transaction',
			'CREATE INDEX CONCURRENTLY ON there (id);',
			'-- Up Migration, no transaction',
		],
		['creates what already exists', 'CREATE TABLE there (id int);', 'npx slipway migrate stamp NAME'],
	])('because it %s is reported with the fix', async (_, text, fix) => {
		const { migrator } = await ownDatabase(server);
		await withClient(migrator, (sql) => sql`CREATE TABLE there (id int)`);
		await expect(migrateUp(migrator, migrationsDirectory({ '1_a': text }))).rejects.toMatchObject({
			code: 'migration-failed',
			hint: expect.stringContaining(fix),
		});
	});

	test('only at its commit is reported by its file', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': `CREATE TABLE a (id int PRIMARY KEY, other int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
				INSERT INTO a VALUES (1, 2);`,
		});
		await expect(migrateUp(migrator, directory)).rejects.toThrow(
			/1_a\.sql: insert or update on table "a" violates/,
		);
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('without a transaction says that its effects remain', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a':
				'-- Up Migration, no transaction\nCREATE TABLE IF NOT EXISTS a (id int);\nCREATE INDEX CONCURRENTLY ON b (id);',
		});
		await expect(migrateUp(migrator, directory)).rejects.toThrow(/1_a\.sql:3:1: relation "b" .*\n.*remain/);
		expect(await tablesOf(migrator)).toEqual(['a']);
		expect(await migrationStatus(migrator, directory)).toEqual([{ name: '1_a', state: 'pending' }]);
	});

	test('on the way down is rolled back and still applied', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': '-- Up Migration\nSELECT 1;\n-- Down Migration\nDROP TABLE a;\nDROP TABLE a;\n',
			'3_c': makesTable('c'),
		});
		await migrateUp(migrator, directory);
		await expect(migrateDown(migrator, directory, { count: 3 })).rejects.toThrow(
			/2_b\.sql:5:1: table "a" does not exist\n.*rolled back\.\nreverted before: 3_c\nnot reverted: 1_a$/,
		);
		expect(await tablesOf(migrator)).toEqual(['a']);
	});

	test('before anything runs, if it would end its transaction', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': 'CREATE TABLE b (id int);\nCOMMIT;',
		});
		await expect(migrateUp(migrator, directory)).rejects.toThrow('2_b.sql:2:1: "COMMIT" would end');
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('is located correctly whatever precedes it', async () => {
		const { migrator } = await ownDatabase(server);
		const gap = fc.constantFrom(
			'\n',
			'\r\n',
			'\t',
			' ',
			'-- größe; 😀\n',
			'/* ; 😀\n /* */ */',
			"SELECT '😀;\n''';",
			'SELECT $a$ ; 😀\n$a$;',
			'SELECT 1 AS "ü;"; ',
		);
		await fc.assert(
			fc.asyncProperty(
				fc.array(gap),
				fc.constantFrom("SELECT '😀', ", 'SELECT ', 'SELECT\n/* ä */ '),
				async (gaps, select) => {
					const before = `-- Up Migration\n${gaps.join('')}${select}`.replaceAll('\r\n', '\n');
					const lines = before.split('\n');
					const directory = migrationsDirectory({ '1_a': `${before}nowhere;\n-- Down Migration\n` });
					await expect(migrateUp(migrator, directory)).rejects.toThrow(
						`1_a.sql:${lines.length}:${[...(lines.at(-1) ?? '')].length + 1}: column "nowhere" does not exist`,
					);
				},
			),
			{ numRuns: 25 },
		);
	});

	test('does not reveal the password of the connection', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'SELECT nowhere;' });
		const error = await migrateUp(migrator, directory).catch((each: unknown) => each);
		expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(migrator.password);
		expect(await withClient(migrator, (sql) => sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
	});
});
