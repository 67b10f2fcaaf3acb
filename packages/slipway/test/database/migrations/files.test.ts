import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
	listMigrations,
	listUnread,
	readMigrationFiles,
	readUnorderedFiles,
} from '../../../src/database/migrations/files.ts';
import type { SlipwayError } from '../../../src/errors.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

function directoryOf(files: Record<string, string | Buffer>): string {
	const directory = temporaryDirectory();
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(directory, name)), { recursive: true });
		writeFileSync(join(directory, name), content);
	}
	return directory;
}

describe('a directory of migrations', () => {
	test('is read in the order of the numbers, and 17 digits are a UTC time', async () => {
		const directory = directoryOf({
			'20261121090000000_d.sql': '',
			'10_b.sql': '',
			'1795251600001_e.sql': '',
			'9_a.sql': '',
			'1795251599999_c.sql': '',
		});
		expect(await listMigrations(directory)).toEqual([
			'9_a',
			'10_b',
			'1795251599999_c',
			'20261121090000000_d',
			'1795251600001_e',
		]);
	});

	test('may contain other files', async () => {
		const directory = directoryOf({
			'README.md': '',
			'.1_a.sql': '',
			'1_a.sql~': '',
			'1_a.sql': '',
			'atlas.sum': '',
		});
		expect(await listMigrations(directory)).toEqual(['1_a']);
	});

	test('reports other files than migrations and notes', async () => {
		const directory = directoryOf({
			'0000_a.sql': '',
			'README.md': '',
			'atlas.sum': '',
			'meta/_journal.json': '{}',
		});
		expect(await listUnread(directory)).toEqual(['atlas.sum', 'meta/']);
	});

	test.each([
		['2024/1_a.sql', '2024/', 'move migrations in subfolders there'],
		['deploy/users/1.ts', 'deploy/', 'move migrations in subfolders there'],
		['2_b.SQL', '2_b.SQL', 'named <number>_<name>, with'],
		['2_b.sql.gz', '2_b.sql.gz', 'named <number>_<name>, with'],
		['2_b', '2_b', 'named <number>_<name>, with'],
		['b.pgsql', 'b.pgsql', 'named <number>_<name>, with'],
	])('is rejected with %s, which would never run', async (file, named, hint) => {
		for (const others of [{}, { '1_a.sql': '' }])
			await expect(listMigrations(directoryOf({ ...others, [file]: '' }))).rejects.toMatchObject({
				code: 'invalid-migrations',
				message: expect.stringContaining(`\n  ${named}: it would never run`),
				hint: expect.stringContaining(hint),
			});
	});

	test.each([
		[
			'20240101000000_init/migration.sql',
			'such as 20240101000000_init.sql',
			"{ sql: 'files/*/migration.sql' }",
		],
		['20240101000000_init/up.sql', 'such as 20240101000000_init.up.sql', "{ sql: 'files/*/up.sql' }"],
		['0001-init.sql', 'Rename migrations', "{ sql: 'files/*.sql' }"],
		[
			'V1__init.sql',
			"(Flyway). Write into slipway.config.ts: migrations: { sql: 'files/*.sql' }",
			'(Flyway)',
		],
	])('is read by pattern if it is of another tool: %s', async (file, besideOurs, alone) => {
		const hintOf = (files: Record<string, string>) =>
			listMigrations(directoryOf(files)).catch((error: unknown) => (error as SlipwayError).hint);
		expect(await hintOf({ '1_a.sql': '', [file]: '' })).toContain(besideOurs);
		expect(await hintOf({ [file]: '' })).toContain(alone);
	});

	test.each([
		[
			['1_a.up.sql', '1_a.down.sql', '2_b.up.sql', '3_c.sql'],
			['1_a', '2_b', '3_c'],
		],
		[['000001_init.up.sql', '000001_init.down.sql'], ['000001_init']],
		[
			['1_scale-up.sql', '2_break-down.sql'],
			['1_scale-up', '2_break-down'],
		],
	])('may contain pairs and single files: %j', async (files, names) => {
		expect(await listMigrations(directoryOf(Object.fromEntries(files.map((file) => [file, '']))))).toEqual(
			names,
		);
	});

	const wantsPair = '<number>_<name>.up.sql and <number>_<name>.down.sql';
	test.each([
		[
			['1_a.down.sql'],
			'1_a.down.sql: the file that it reverts, 1_a.up.sql, does not exist',
			'Restore the .up.sql file',
		],
		[['1_a.sql', '1_a.up.sql'], '1_a.sql and 1_a.up.sql: the same migration', 'Keep either the single file'],
		[
			['1_a.sql', '1_a.down.sql'],
			'1_a.down.sql and 1_a.sql: the same migration',
			'Keep either the single file',
		],
		[
			['1_a_up.sql', '1_a_down.sql'],
			'1_a_down.sql and 1_a_up.sql: by their names, two directions',
			wantsPair,
		],
		[['1_a.sql', '1_a-down.sql'], '1_a.sql and 1_a-down.sql: by their names, two directions', wantsPair],
		[['1_a.sql', '1_a.rollback.sql'], '1_a.rollback.sql: named like one of a pair', wantsPair],
		[['1_a.do.sql', '1_a.undo.sql'], '1_a.undo.sql: named like one of a pair', wantsPair],
		[['1_a.UP.sql', '1_a.DOWN.sql'], '1_a.DOWN.sql: named like one of a pair', wantsPair],
		[['V1__a.sql', 'U1__a.sql'], 'U1__a.sql: a Flyway undo migration', '(Flyway)'],
		[['001.do.sql', '001.undo.sql'], '001.undo.sql: named like one of a pair', '(Postgrator)'],
		[['up.sql', 'down.sql'], 'down.sql: named like one of a pair', wantsPair],
	])('is rejected if one file may revert another: %j', async (files, message, hint) => {
		const directory = directoryOf(Object.fromEntries(files.map((file) => [file, ''])));
		for (const read of [listMigrations, readUnorderedFiles])
			await expect(read(directory)).rejects.toMatchObject({
				code: 'invalid-migrations',
				message: expect.stringContaining(message),
				hint: expect.stringContaining(hint),
			});
	});

	test('is rejected with the name of every misnamed file', async () => {
		const directory = directoryOf({
			'users.sql': '',
			"1_it's.sql": '',
			'20261399000000000_no-such-month.sql': '',
		});
		const refusal = listMigrations(directory);
		await expect(refusal).rejects.toMatchObject({ code: 'invalid-migrations' });
		for (const problem of ['users.sql: not', "1_it's.sql: not", 'no-such-month.sql: not'])
			await expect(refusal).rejects.toThrow(problem);
	});

	test('is rejected if two have the same number, however it is written', async () => {
		const directory = directoryOf({ '1_a.sql': '', '2_a.sql': '', '02_b.sql': '' });
		await expect(listMigrations(directory)).rejects.toMatchObject({
			code: 'same-number',
			message: expect.stringMatching(
				/so their order is ambiguous; nothing was run:\n {2}02_b\.sql and 2_a\.sql$/,
			),
			hint: expect.stringContaining('npx slipway migrate rebase'),
		});
	});

	test('distinguishes numbers by the last of many digits', async () => {
		const names = ['100000000000000001_c', '100000000000000002_b', '100000000000000003_a'];
		const directory = directoryOf(Object.fromEntries(names.map((name) => [`${name}.sql`, ''])));
		expect(await listMigrations(directory)).toEqual(names);
	});

	test('that does not exist leads to the migrations that the project has elsewhere', async () => {
		const root = directoryOf({ 'package.json': '{}', 'schema.sql': 'CREATE TABLE a (id int);' });
		await expect(listMigrations(join(root, 'migrations'))).rejects.toMatchObject({
			code: 'no-migrations-directory',
			hint: expect.stringContaining("migrations: { sql: 'schema.sql' }"),
		});
	});

	test('is named if it does not exist', async () => {
		const directory = join(temporaryDirectory(), 'none');
		await expect(listMigrations(directory)).rejects.toThrow(`${directory} cannot be read: ENOENT`);
	});
});

describe('a migration file', () => {
	test('is the same with LF and CRLF', async () => {
		const [unix] = await readMigrationFiles(directoryOf({ '1_a.sql': 'SELECT 1;\nSELECT 2;\n' }));
		const [windows] = await readMigrationFiles(directoryOf({ '1_a.sql': 'SELECT 1;\r\nSELECT 2;\r\n' }));
		const [other] = await readMigrationFiles(directoryOf({ '1_a.sql': 'SELECT 1;\nSELECT 3;\n' }));
		expect(windows?.sha256).toBe(unix?.sha256);
		expect(windows?.text).toBe(unix?.text);
		expect(other?.sha256).not.toBe(unix?.sha256);
	});

	test('that cannot be read is named', async () => {
		const directory = temporaryDirectory();
		const path = join(directory, '1_a.sql');
		mkdirSync(path);
		await expect(readMigrationFiles(directory)).rejects.toMatchObject({
			code: 'invalid-migrations',
			message: expect.stringContaining(`${path} cannot be read: EISDIR`),
		});
	});

	test('that is not UTF-8 is rejected', async () => {
		const directory = directoryOf({ '1_a.sql': Buffer.from([0x53, 0xff]) });
		await expect(readMigrationFiles(directory)).rejects.toThrow(`${join(directory, '1_a.sql')} is not UTF-8`);
	});
});
