import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { projectRoot } from '../../helpers/child-process.ts';
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

describe('migrateUp', () => {
	test('applies pending migrations in order, and nothing the second time', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'2_b': makesTable('b'),
			'10_c': makesTable('c'),
			'1_a': makesTable('a'),
		});
		const migrated: string[] = [];
		const onMigrated = (name: string) => migrated.push(name);
		expect(await migrateUp(migrator, directory, { onMigrated })).toEqual(['1_a', '2_b', '10_c']);
		expect(migrated).toEqual(['1_a', '2_b', '10_c']);
		expect(await migrateUp(migrator, directory, { onMigrated })).toEqual([]);
		expect(migrated).toHaveLength(3);
		writeMigration(directory, '11_d', makesTable('d'));
		expect(await migrateUp(migrator, directory)).toEqual(['11_d']);
		expect(await tablesOf(migrator)).toEqual(['a', 'b', 'c', 'd']);
	});

	test('creates objects that belong to the owner and that the app may use but not alter', async () => {
		const { migrator, app, settings } = await ownDatabase(server);
		await migrateUp(migrator, join(projectRoot, 'migrations'));
		await withClient(app, async (sql) => {
			const owners =
				await sql`SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'slipway')`;
			expect(owners).toMatchObject([{ tableowner: settings.owner }]);
			const [counted] = await sql`UPDATE counter SET value = value + 2 WHERE name = 'visits' RETURNING value`;
			expect(counted).toEqual({ value: '2' });
			await expect(sql`DROP TABLE counter`).rejects.toMatchObject({ code: '42501' });
			await expect(sql`DELETE FROM slipway.migrations`).rejects.toMatchObject({ code: '42501' });
		});
	});

	test('runs each file with the same settings, whatever the server or an earlier file has set', async () => {
		const { migrator } = await ownDatabase(server);
		await withClient(server.admin, async (sql) => {
			await sql`ALTER ROLE ${sql(migrator.username)} SET TimeZone = 'America/Lima'`;
		});
		const directory = migrationsDirectory({
			'1_a':
				"SELECT set_config('search_path', '', false); SET TIME ZONE 'Asia/Tokyo'; CREATE TABLE public.a (id int);",
			'2_b': "CREATE TABLE b AS SELECT current_setting('TimeZone') AS zone;",
		});
		await migrateUp(migrator, directory);
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
		expect(await withClient(migrator, (sql) => sql`SELECT zone FROM b`)).toEqual([{ zone: 'UTC' }]);
	});

	test('leads from the markers of another tool to the form that reads them, with nothing run', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': '-- migrate:up\nCREATE TABLE b ();\n-- migrate:down\nDROP TABLE b;',
		});
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'invalid-migrations',
			message: expect.stringMatching(
				/2_b.sql:1:1: "-- migrate:up" is a section marker of dbmate, but only a comment here\n/,
			),
			hint: expect.stringContaining(
				"another tool (dbmate). Write into slipway.config.ts: migrations: { sql: 'files/*.sql' }",
			),
		});
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('runs a part without a transaction if its marker says so', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': [
				'-- Up Migration, no transaction',
				'CREATE TABLE a (id int);',
				'CREATE INDEX CONCURRENTLY a_id ON a (id);',
				'-- Down Migration, no transaction',
				'DROP INDEX CONCURRENTLY a_id;',
				'DROP TABLE a;',
			].join('\n'),
		});
		expect(await migrateUp(migrator, directory)).toEqual(['1_a']);
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied']);
		expect(await migrateDown(migrator, directory)).toEqual(['1_a']);
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('ignores different line ends in another checkout', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		await migrateUp(migrator, directory);
		writeMigration(directory, '1_a', makesTable('a').replaceAll('\n', '\r\n'));
		expect(await migrateUp(migrator, directory)).toEqual([]);
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied']);
	});

	test('rejects all files that do not continue what is applied, and applies nothing', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'2_b': makesTable('b'),
			'3_c': makesTable('c'),
			'4_d': makesTable('d'),
		});
		await migrateUp(migrator, directory);
		writeMigration(directory, '1_a', makesTable('a'));
		writeMigration(directory, '2_b', makesTable('bb'));
		rmSync(join(directory, '3_c.sql'));
		writeMigration(directory, '5_e', makesTable('e'));
		const refusal = migrateUp(migrator, directory);
		await expect(refusal).rejects.toMatchObject({
			code: 'migrations-diverged',
			hint: expect.stringMatching(/^Out of order: .*\nEdited: .*\nMissing: .*$/),
		});
		for (const problem of [/ 1_a: .*not applied/, / 2_b: .*edited after it was applied/, / 3_c: .*missing/])
			await expect(refusal).rejects.toThrow(problem);
		expect(await statesOf(migrator, directory)).toEqual([
			'1_a out-of-order',
			'2_b edited',
			'3_c missing',
			'4_d applied',
			'5_e pending',
		]);
		expect(await tablesOf(migrator)).toEqual(['b', 'c', 'd']);
	});

	test('refers to bootstrap if the database is not bootstrapped or the role is wrong', async () => {
		const { app } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		for (const connection of [server.admin, app])
			await expect(migrateUp(connection, directory)).rejects.toMatchObject({
				code: 'no-ledger',
				hint: expect.stringContaining('Run npx slipway bootstrap'),
			});
	});

	test('reports a wrong password without revealing it', async () => {
		const { migrator } = await ownDatabase(server);
		const refusal = migrateUp(
			{ ...migrator, password: 'wr0ng' },
			migrationsDirectory({ '1_a': makesTable('a') }),
		);
		await expect(refusal).rejects.toMatchObject({ code: 'wrong-password' });
		await expect(refusal).rejects.not.toThrow('wr0ng');
	});
});

describe('migrateDown', () => {
	test('reverts the last one, or as many as requested, the latest first', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'8_a': makesTable('a'),
			'9_b': makesTable('b'),
			'10_c': makesTable('c'),
		});
		await migrateUp(migrator, directory);
		expect(await migrateDown(migrator, directory, { count: 0 })).toEqual([]);
		expect(await migrateDown(migrator, directory)).toEqual(['10_c']);
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
		expect(await migrateDown(migrator, directory, { count: 5 })).toEqual(['9_b', '8_a']);
		expect(await migrateDown(migrator, directory)).toEqual([]);
		expect(await tablesOf(migrator)).toEqual([]);
		expect(await migrateUp(migrator, directory)).toEqual(['8_a', '9_b', '10_c']);
	});

	test('runs the current down part of an edited file', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'CREATE TABLE a (id int);' });
		await migrateUp(migrator, directory);
		writeMigration(directory, '1_a', makesTable('a'));
		expect(await migrateDown(migrator, directory)).toEqual(['1_a']);
		expect(await migrateUp(migrator, directory)).toEqual(['1_a']);
		expect(await statesOf(migrator, directory)).toEqual(['1_a applied']);
	});

	test('rejects migrations without a down part or file, and reverts nothing', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'CREATE TABLE a (id int);', '2_b': makesTable('b') });
		await migrateUp(migrator, directory);
		await expect(migrateDown(migrator, directory, { count: 2 })).rejects.toMatchObject({
			code: 'migration-irreversible',
			message: expect.stringContaining(join(directory, '1_a.sql')),
		});
		rmSync(join(directory, '1_a.sql'));
		await expect(migrateDown(migrator, directory, { count: 2 })).rejects.toMatchObject({
			code: 'migration-missing',
			message: expect.stringContaining('1_a'),
		});
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	});
});

describe('the status', () => {
	test('can be read by the app as well', async () => {
		const { migrator, app } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		expect(await statesOf(app, directory)).toEqual(['1_a pending', '2_b pending']);
		await migrateUp(migrator, directory);
		await migrateDown(migrator, directory);
		expect(await migrationStatus(app, directory)).toEqual([
			{ name: '1_a', state: 'applied', appliedAt: expect.any(Date) },
			{ name: '2_b', state: 'pending' },
		]);
	});
});
