import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, withClient } from '../../../src/connection/index.ts';
import {
	migrateDown,
	migrateUp,
	migrationHistory,
	migrationStatus,
	stampMigrations,
} from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import {
	makesTable,
	migrationsDirectory,
	ownDatabase,
	statesOf,
	writeMigration,
} from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

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

describe('a ledger that something else wrote to', () => {
	test.each([
		['an entry is gone', "DELETE FROM slipway.migrations WHERE name = '2_b'"],
		['an entry is there twice', "INSERT INTO slipway.migrations (name, run_on) VALUES ('2_b', now())"],
	])('is rejected if %s, until it is stamped', async (_, statement) => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, statement);
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied', '2_b inconsistent', '3_c applied']);
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'migrations-diverged',
			message: expect.stringMatching(/nothing was run:\n {2}2_b: the ledger contradicts itself/),
			hint: expect.stringContaining('npx slipway migrate stamp NAME'),
		});
		expect(await stampMigrations(migrator, directory, '3_c')).toEqual([{ name: '2_b', action: 'stamp' }]);
		expect(await migrateUp(migrator, directory)).toEqual([]);
		expect(await migrateDown(migrator, directory, { all: true })).toEqual(['3_c', '2_b', '1_a']);
	});

	test('is rejected if a hash was changed', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, "UPDATE slipway.migration_hashes SET sha256 = 'x' WHERE name = '1_a'");
		expect(await statesOf(migrator, directory)).toEqual(['1_a edited', '2_b applied', '3_c applied']);
	});

	test('reverts in the order of the files, whatever its times are', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, "UPDATE slipway.migrations SET run_on = '2999-01-01' WHERE name = '1_a'");
		expect(await migrateDown(migrator, directory)).toEqual(['3_c']);
	});

	test('handles a name with quotes', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(
			migrator,
			"UPDATE slipway.migrations SET name = $$x'; DROP TABLE a; --$$ WHERE name = '3_c'",
		);
		expect(await statesOf(migrator, directory)).toContain("x'; DROP TABLE a; -- missing");
		await stampMigrations(migrator, directory, '3_c');
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied', '2_b applied', '3_c applied']);
		expect(await migrateDown(migrator, directory, { all: true })).toHaveLength(3);
	});

	const restamp = 'DROP TABLE IF EXISTS slipway.migrations, slipway.migration_hashes';
	const setAside = 'ALTER TABLE slipway.migration_history RENAME TO migration_history_old';

	test.each([
		['a table is gone', 'DROP TABLE slipway.migration_hashes'],
		['the other one is gone', 'DROP TABLE slipway.migrations'],
		['a column is gone', 'ALTER TABLE slipway.migrations RENAME COLUMN run_on TO at'],
		['a column of the hashes is gone', 'ALTER TABLE slipway.migration_hashes DROP COLUMN sha256'],
	])('is rejected if %s, with the fix', async (_, statement) => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, statement);
		for (const use of [migrateUp, migrateDown, migrationStatus])
			await expect(use(migrator, directory)).rejects.toMatchObject({
				code: 'ledger-damaged',
				hint: expect.stringContaining(`(${restamp}) and run npx slipway migrate stamp`),
			});
		await tamper(migrator, restamp);
		await stampMigrations(migrator, directory, '3_c');
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied', '2_b applied', '3_c applied']);
	});

	test('is only read if the history lacks a column, until that table is renamed', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, 'ALTER TABLE slipway.migration_history DROP COLUMN origin');
		writeMigration(directory, '4_d', makesTable('d'));
		expect(await statesOf(migrator, directory)).toContain('4_d pending');
		const uses = [
			() => migrateUp(migrator, directory),
			() => migrateDown(migrator, directory),
			() => stampMigrations(migrator, directory, '2_b'),
			() => migrationHistory(migrator),
		];
		for (const use of uses)
			await expect(use()).rejects.toMatchObject({
				code: 'ledger-damaged',
				hint: expect.stringMatching(/^The table slipway\.migration_history is only a log/),
			});
		await expect(migrateUp(migrator, directory)).rejects.toThrow(
			'its table "migration_history" has no column "origin"',
		);
		await tamper(migrator, setAside);
		expect(await migrateUp(migrator, directory)).toEqual(['4_d']);
		expect((await migrationHistory(migrator)).map(({ name }) => name)).toEqual(['4_d']);
	});

	test('is reported as the cause, not the file, if a migration cannot be recorded', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, 'ALTER TABLE slipway.migration_hashes DROP CONSTRAINT migration_hashes_pkey');
		writeMigration(directory, '4_d', makesTable('d'));
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'ledger-damaged',
			message: expect.stringMatching(
				/ON CONFLICT.*\n.*4_d\.sql ran to the end but could not be recorded in the ledger\.\nIts transaction was rolled back\.$/,
			),
			hint: expect.stringContaining(restamp),
		});
		await tamper(migrator, restamp);
		await stampMigrations(migrator, directory, '3_c');
		expect(await migrateUp(migrator, directory)).toEqual(['4_d']);
	});

	test('is reported as missing for a role that may not use its schema', async () => {
		const { migrator, app } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		await migrateUp(migrator, directory);
		await tamper(migrator, `REVOKE USAGE ON SCHEMA slipway FROM ${app.username}`);
		await expect(migrationStatus(app, directory)).rejects.toMatchObject({ code: 'no-ledger' });
	});

	test('has its names printed without control characters', async () => {
		const { migrator, directory } = await threeApplied();
		await tamper(migrator, "UPDATE slipway.migrations SET name = E'1_a\x1b[2J\nerror' WHERE name = '1_a'");
		const error = await migrateUp(migrator, directory).catch((error: Error) => error.message);
		expect(error).toContain('  1_a\\u001b[2J\\u000aerror: it is applied, but its file is missing');
	});
});

describe('a database that is newer than the files', () => {
	test('is reported as such, has nothing to apply, and cannot be reverted from these files', async () => {
		const { migrator, directory } = await threeApplied();
		rmSync(join(directory, '3_c.sql'));
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied', '2_b applied', '3_c newer']);
		expect(await migrateUp(migrator, directory)).toEqual([]);
		await expect(migrateDown(migrator, directory)).rejects.toMatchObject({
			code: 'migration-missing',
			message: `3_c cannot be reverted: it has no file in ${directory}; nothing was reverted`,
		});
	});
});
