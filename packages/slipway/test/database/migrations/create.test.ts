import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMigration, listMigrations } from '../../../src/database/migrations/index.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

describe('createMigration', () => {
	test('writes a file with both parts, and creates the directory if needed', async () => {
		const directory = join(temporaryDirectory(), 'a', 'b');
		const path = await createMigration(directory, 'Add users_andTheir  e-mails');
		expect(basename(path)).toMatch(/^\d{17}_add-users-and-their-e-mails\.sql$/);
		expect(readFileSync(path, 'utf8')).toBe('-- Up Migration\n\n-- Down Migration\n');
	});

	test('writes the given text, each time to a new file', async () => {
		const directory = temporaryDirectory();
		const paths = [
			await createMigration(directory, 'a', { text: '-- Up Migration\nSELECT 1;\n' }),
			await createMigration(directory, 'a', { text: '-- Up Migration\nSELECT 2;\n' }),
		];
		expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual([
			'-- Up Migration\nSELECT 1;\n',
			'-- Up Migration\nSELECT 2;\n',
		]);
	});

	test('reports where it cannot write', async () => {
		const file = join(temporaryDirectory(), 'file');
		writeFileSync(file, '');
		const directory = join(file, 'migrations');
		await expect(createMigration(directory, 'a')).rejects.toMatchObject({
			code: 'migrations-not-written',
			message: expect.stringContaining(`a migration cannot be written to ${directory}: ENOTDIR`),
		});
	});

	test('makes each sort after all earlier ones, even within a millisecond or after the clock was set back', async () => {
		const directory = temporaryDirectory();
		writeFileSync(join(directory, `${Date.now() + 60_000}_fast-clock.sql`), '');
		const paths: string[] = [];
		for (const name of ['c', 'b', 'a', 'a']) paths.push(await createMigration(directory, name));
		const names = paths.map((path) => basename(path, '.sql'));
		expect((await listMigrations(directory)).slice(1)).toEqual(names);
	});

	test('refuses to follow a migration from the far future', async () => {
		const directory = temporaryDirectory();
		writeFileSync(join(directory, '20991231235959999_late.sql'), '');
		await expect(createMigration(directory, 'next')).rejects.toMatchObject({
			code: 'migration-from-the-future',
		});
	});

	test('writes a migration inside the directory, or none, for any name', async () => {
		const parent = temporaryDirectory();
		const directory = join(parent, 'migrations');
		const word = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
		const name = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc
				.array(fc.oneof(word, fc.constantFrom(' ', '_', '-', '/', '..', '\\', '\0', 'é')))
				.map((parts) => parts.join('')),
			fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' ')),
		);
		await fc.assert(
			fc.asyncProperty(name, async (text) => {
				const path = await createMigration(directory, text).catch((error: { code: string }) => {
					expect(error.code).toBe('invalid-migration-name');
					expect(text.trim()).not.toMatch(/^[a-z0-9]+( [a-z0-9]+)*$/);
				});
				if (typeof path === 'string') {
					expect(dirname(path)).toBe(directory);
					expect(basename(path)).toMatch(/^\d{17}_[a-z0-9]+(-[a-z0-9]+)*\.sql$/);
				}
			}),
			{ numRuns: 100 },
		);
		expect(readdirSync(parent)).toEqual(['migrations']);
		await expect(listMigrations(directory)).resolves.toBeDefined();
	});

	test.each(['', ' ', '-', '../x', 'a/b', 'a.b', 'größe', 'x'.repeat(101)])(
		'does not take the name %j',
		async (name) => {
			const directory = temporaryDirectory();
			await expect(createMigration(directory, name)).rejects.toMatchObject({
				code: 'invalid-migration-name',
			});
			expect(readdirSync(directory)).toEqual([]);
		},
	);
});
