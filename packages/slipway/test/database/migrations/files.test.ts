import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listMigrations, readMigrationFiles } from '../../../src/database/migrations/files.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

function directoryOf(files: Record<string, string | Buffer>): string {
	const directory = temporaryDirectory();
	for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
	return directory;
}

describe('a directory of migrations', () => {
	test('is read in the order of the numbers, and a number of 17 digits is a UTC time', async () => {
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

	test('may hold other files', async () => {
		const directory = directoryOf({
			'README.md': '',
			'.1_a.sql': '',
			'1_a.sql~': '',
			'1_a.sql': '',
			'2_b.js': '',
		});
		expect(await listMigrations(directory)).toEqual(['1_a']);
	});

	test('is refused with every file whose name is no migration', async () => {
		const directory = directoryOf({
			'users.sql': '',
			"1_it's.sql": '',
			'20261399000000000_no-such-month.sql': '',
		});
		const refusal = listMigrations(directory);
		await expect(refusal).rejects.toMatchObject({ code: 'invalid-migrations' });
		for (const fault of ['users.sql: not', "1_it's.sql: not", 'no-such-month.sql: not'])
			await expect(refusal).rejects.toThrow(fault);
	});

	test('is refused where two have the same number, however it is written', async () => {
		const directory = directoryOf({ '1_a.sql': '', '2_a.sql': '', '02_b.sql': '' });
		await expect(listMigrations(directory)).rejects.toMatchObject({
			code: 'same-number',
			message: expect.stringMatching(
				/so that their order is open; nothing was run:\n {2}02_b\.sql and 2_a\.sql$/,
			),
			hint: expect.stringContaining('scripts/migrate rebase'),
		});
	});

	test('is told apart by the last of many digits', async () => {
		const names = ['100000000000000001_c', '100000000000000002_b', '100000000000000003_a'];
		const directory = directoryOf(Object.fromEntries(names.map((name) => [`${name}.sql`, ''])));
		expect(await listMigrations(directory)).toEqual(names);
	});

	test('that is not there is named', async () => {
		const directory = join(temporaryDirectory(), 'none');
		await expect(listMigrations(directory)).rejects.toThrow(`${directory} cannot be read: ENOENT`);
	});
});

describe('a migration file', () => {
	test('is the same with either line ends', async () => {
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

	test('that is not UTF-8 is refused', async () => {
		const directory = directoryOf({ '1_a.sql': Buffer.from([0x53, 0xff]) });
		await expect(readMigrationFiles(directory)).rejects.toThrow(`${join(directory, '1_a.sql')} is not UTF-8`);
	});
});
