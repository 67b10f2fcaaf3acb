import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, withClient } from '../../../src/connection/index.ts';
import {
	migrateDown,
	migrateUp,
	migrationStatus,
	stampMigrations,
} from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { startTestServer } from '../../server.ts';
import { makesTable, migrationsDirectory, ownDatabase } from './own-database.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const states = async (...[connection, directory]: Parameters<typeof migrationStatus>) =>
	(await migrationStatus(connection, directory)).map(({ name, state }) => `${name} ${state}`);

const tamper = (migrator: Connection, statement: string) =>
	withClient(migrator, (sql) => sql.unsafe(statement));

async function threeApplied() {
	const { migrator } = await ownDatabase(server);
	const directory = migrationsDirectory({
		'1_a': makesTable('a'),
		'2_b': makesTable('b'),
		'3_c': makesTable('c'),
	});
	await migrateUp(migrator, directory);
	return { migrator, directory };
}

describe('a ledger that somebody else wrote to', () => {
	test.each([
		['an entry is gone', "DELETE FROM slipway.migrations WHERE name = '2_b'"],
		['an entry is there twice', "INSERT INTO slipway.migrations (name, run_on) VALUES ('2_b', now())"],
	])('is refused where %s, until it is stamped', async (_, statement) => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, statement);
		expect(await states(migrator, directory)).toEqual(['1_a applied', '2_b inconsistent', '3_c applied']);
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'migrations-diverged',
			message: expect.stringMatching(/nothing was run:\n {2}2_b: the ledger contradicts itself/),
			hint: expect.stringContaining('scripts/migrate stamp NAME'),
		});
		expect(await stampMigrations(migrator, directory, '3_c')).toEqual([{ name: '2_b', action: 'stamp' }]);
		expect(await migrateUp(migrator, directory)).toEqual([]);
		expect(await migrateDown(migrator, directory, { all: true })).toEqual(['3_c', '2_b', '1_a']);
	});

	test('is refused where a hash was changed', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, "UPDATE slipway.migration_hashes SET sha256 = 'x' WHERE name = '1_a'");
		expect(await states(migrator, directory)).toEqual(['1_a edited', '2_b applied', '3_c applied']);
	});

	test('reverts in the order of the files, whatever times it has', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, "UPDATE slipway.migrations SET run_on = '2999-01-01' WHERE name = '1_a'");
		expect(await migrateDown(migrator, directory)).toEqual(['3_c']);
	});

	test('takes a name with quotes for what it is', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(
			migrator,
			"UPDATE slipway.migrations SET name = $$x'; DROP TABLE a; --$$ WHERE name = '3_c'",
		);
		expect(await states(migrator, directory)).toContain("x'; DROP TABLE a; -- missing");
		await stampMigrations(migrator, directory, '3_c');
		expect(await states(migrator, directory)).toEqual(['1_a applied', '2_b applied', '3_c applied']);
		expect(await migrateDown(migrator, directory, { all: true })).toHaveLength(3);
	});

	test.each([
		['a table is gone', 'DROP TABLE slipway.migration_hashes'],
		['a column is gone', 'ALTER TABLE slipway.migrations RENAME COLUMN run_on TO at'],
	])('is refused where %s, with the way back', async (_, statement) => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, statement);
		for (const use of [migrateUp, migrateDown, migrationStatus])
			await expect(use(migrator, directory)).rejects.toMatchObject({
				code: 'ledger-damaged',
				hint: expect.stringMatching(/drop both and run scripts\/migrate stamp/),
			});
		await tamper(
			migrator,
			'DROP TABLE IF EXISTS slipway.migrations; DROP TABLE IF EXISTS slipway.migration_hashes',
		);
		await stampMigrations(migrator, directory, '3_c');
		expect(await states(migrator, directory)).toEqual(['1_a applied', '2_b applied', '3_c applied']);
	});
});

describe('a database that is newer than the files', () => {
	test('is said to be, has nothing to apply, and cannot be reverted from here', async () => {
		const { migrator, directory } = await threeApplied();
		rmSync(join(directory, '3_c.sql'));
		expect(await states(migrator, directory)).toEqual(['1_a applied', '2_b applied', '3_c newer']);
		expect(await migrateUp(migrator, directory)).toEqual([]);
		await expect(migrateDown(migrator, directory)).rejects.toMatchObject({
			code: 'migration-missing',
			message: `3_c cannot be reverted: ${directory} has no file of that name; nothing was reverted`,
		});
	});
});
