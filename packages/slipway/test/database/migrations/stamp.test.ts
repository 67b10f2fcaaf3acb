import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { migrateDown, migrateUp, stampMigrations } from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import {
	makesTable,
	migrationsDirectory,
	ownDatabase,
	statesOf,
	tablesOf,
	writeMigration,
} from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('stampMigrations', () => {
	test('adopts a database with existing tables, without running anything', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': makesTable('b'),
			'3_c': makesTable('c'),
		});
		await withClient(migrator, (sql) => sql`CREATE TABLE a (id int)`);
		await withClient(migrator, (sql) => sql`CREATE TABLE b (id int)`);
		expect(await stampMigrations(migrator, directory, '2_b')).toEqual([
			{ name: '1_a', action: 'stamp' },
			{ name: '2_b', action: 'stamp' },
		]);
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied', '2_b applied', '3_c pending']);
		expect(await migrateUp(migrator, directory)).toEqual(['3_c']);
		expect(await migrateDown(migrator, directory, { all: true })).toEqual(['3_c', '2_b', '1_a']);
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('removes later ones from the ledger, and without a name all', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		await migrateUp(migrator, directory);
		rmSync(join(directory, '2_b.sql'));
		expect(await stampMigrations(migrator, directory, '1_a')).toEqual([{ name: '2_b', action: 'unstamp' }]);
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied']);
		expect(await stampMigrations(migrator, directory, undefined)).toEqual([
			{ name: '1_a', action: 'unstamp' },
		]);
		expect(await statesOf(migrator, directory)).toEqual(['1_a pending']);
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	});

	test('records an edited file as it is, and nothing the second time', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		await migrateUp(migrator, directory);
		writeMigration(directory, '1_a', `-- A better comment.\n${makesTable('a')}`);
		expect(await statesOf(migrator, directory)).toEqual(['1_a edited']);
		expect(await stampMigrations(migrator, directory, '1_a')).toEqual([{ name: '1_a', action: 'stamp' }]);
		expect(await stampMigrations(migrator, directory, '1_a')).toEqual([]);
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied']);
	});

	test('prints the SQL in a dry run, and asks before running it', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		const sent: string[] = [];
		await stampMigrations(migrator, directory, '1_a', { dryRun: true, onSql: (sql) => sent.push(sql) });
		expect(await statesOf(migrator, directory)).toEqual(['1_a pending']);
		const refuse = async () => {
			throw new Error('no');
		};
		await expect(stampMigrations(migrator, directory, '1_a', { approve: refuse })).rejects.toThrow('no');
		expect(await statesOf(migrator, directory)).toEqual(['1_a pending']);
		await withClient(migrator, (sql) => sql.unsafe(sent.join('\n')));
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied']);
	});
});
