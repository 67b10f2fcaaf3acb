import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import {
	type MigrateUpOptions,
	migrateDown,
	migrateRedo,
	migrateUp,
	migrationHistory,
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

const threeTables = () =>
	migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b'), '10_c': makesTable('c') });

describe('a target', () => {
	test('is the last one to apply, or the last one to keep', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = threeTables();
		expect(await migrateUp(migrator, directory, { to: '2_b.sql' })).toEqual(['1_a', '2_b']);
		expect(await migrateUp(migrator, directory, { to: '1_a' })).toEqual([]);
		expect(await migrateUp(migrator, directory)).toEqual(['10_c']);
		expect(await migrateDown(migrator, directory, { to: '1_a' })).toEqual(['10_c', '2_b']);
		expect(await migrateDown(migrator, directory, { to: '1_a' })).toEqual([]);
		expect(await tablesOf(migrator)).toEqual(['a']);
		await migrateUp(migrator, directory);
		expect(await migrateDown(migrator, directory, { all: true })).toEqual(['10_c', '2_b', '1_a']);
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('may be given by the words after the number, if they are unique', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = threeTables();
		expect(await migrateUp(migrator, directory, { to: 'b' })).toEqual(['1_a', '2_b']);
		writeMigration(directory, '11_c', makesTable('d'));
		await expect(migrateUp(migrator, directory, { to: 'c' })).rejects.toThrow(
			'"c" is ambiguous: 10_c or 11_c',
		);
	});

	test('may be given by a unique prefix, and is rejected if it is unknown or ambiguous', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = threeTables();
		expect(await migrateUp(migrator, directory, { to: '2' })).toEqual(['1_a', '2_b']);
		for (const [to, complaint] of [
			['9', `there is no migration "9" in ${directory}`],
			['1', '"1" is ambiguous: 1_a or 10_c'],
			['', 'there is no migration "" in'],
			['../1_a', 'there is no migration "../1_a" in'],
			['1 a', 'there is no migration "1 a" in'],
		] as const)
			await expect(migrateUp(migrator, directory, { to })).rejects.toMatchObject({
				code: 'unknown-migration',
				message: expect.stringContaining(complaint),
			});
		await expect(migrateDown(migrator, directory, { to: '10_c' })).rejects.toThrow(
			'there is no migration "10_c" among the applied ones',
		);
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	});
});

describe('migrateRedo', () => {
	test('reverts and applies again with the current files', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = threeTables();
		await migrateUp(migrator, directory);
		writeMigration(directory, '10_c', makesTable('c').replace('id int', 'id bigint, note text'));
		const reported: string[] = [];
		const onMigrated = (name: string) => reported.push(name);
		expect(await migrateRedo(migrator, directory, { count: 2, onMigrated })).toEqual(['10_c', '2_b']);
		expect(reported).toEqual(['10_c', '2_b', '2_b', '10_c']);
		expect(await withClient(migrator, (sql) => sql`SELECT note FROM c`)).toEqual([]);
		expect(await migrateUp(migrator, directory)).toEqual([]);
	});
});

describe('an approval before data is lost', () => {
	test('gets the names, and nothing is reverted without it', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = threeTables();
		await migrateUp(migrator, directory);
		const asked: (readonly string[])[] = [];
		const approve = async (names: readonly string[]) => {
			asked.push(names);
			throw new Error('no');
		};
		await expect(migrateDown(migrator, directory, { count: 2, approve })).rejects.toThrow('no');
		await expect(migrateRedo(migrator, directory, { approve })).rejects.toThrow('no');
		expect(asked).toEqual([['10_c', '2_b'], ['10_c']]);
		expect(await tablesOf(migrator)).toEqual(['a', 'b', 'c']);
	});

	test('does not hold the lock, and only what was approved is done', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		await migrateUp(migrator, directory, { to: '1_a' });
		const approve = async () => {
			await migrateUp(migrator, directory);
		};
		await expect(migrateDown(migrator, directory, { approve })).rejects.toMatchObject({
			code: 'changed-meanwhile',
		});
		expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	});
});

describe('a dry run', () => {
	/** The SQL of `run`, once from a dry run and once as sent. */
	async function both(run: (options: MigrateUpOptions) => Promise<unknown>) {
		const would: string[] = [];
		const was: string[] = [];
		await run({ dryRun: true, onSql: (sql) => would.push(sql) });
		await run({ onSql: (sql) => was.push(sql) });
		return { would, was };
	}

	test('reports exactly the SQL that is sent, in order, and changes nothing', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = threeTables();
		for (const run of [
			(options: MigrateUpOptions) => migrateUp(migrator, directory, { ...options, to: '2_b' }),
			(options: MigrateUpOptions) => migrateRedo(migrator, directory, options),
			(options: MigrateUpOptions) => migrateUp(migrator, directory, options),
			(options: MigrateUpOptions) => migrateDown(migrator, directory, { ...options, all: true }),
		]) {
			const before = await tablesOf(migrator);
			await run({ dryRun: true });
			expect(await tablesOf(migrator)).toEqual(before);
			const { would, was } = await both(run);
			expect(was.length).toBeGreaterThan(4);
			expect(would).toEqual(was);
		}
	});

	test('prints SQL that does the same when run by hand', async () => {
		const [rehearsed, migrated] = [await ownDatabase(server), await ownDatabase(server)];
		const directory = threeTables();
		const lines: string[] = [];
		await migrateUp(rehearsed.migrator, directory, { dryRun: true, onSql: (sql) => lines.push(sql) });
		await withClient(rehearsed.migrator, (sql) => sql.unsafe(lines.join('\n')));
		await migrateUp(migrated.migrator, directory);
		expect(await migrateUp(rehearsed.migrator, directory)).toEqual([]);
		expect(await tablesOf(rehearsed.migrator)).toEqual(await tablesOf(migrated.migrator));
		const [ours, theirs] = [
			await migrationHistory(rehearsed.migrator),
			await migrationHistory(migrated.migrator),
		];
		expect(ours.map(({ name, action }) => [name, action])).toEqual(
			theirs.map(({ name, action }) => [name, action]),
		);
	});
});

describe('the history', () => {
	test('records what was done, when and by whom, including reverts', async () => {
		const { migrator, app } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		expect(await migrationHistory(app)).toEqual([]);
		await migrateUp(migrator, directory);
		await migrateDown(migrator, directory);
		const events = await migrationHistory(app);
		expect(events).toEqual([
			{
				at: expect.any(Date),
				action: 'up',
				name: '1_a',
				role: migrator.username,
				origin: expect.stringMatching(/^\S+@\S+$/),
			},
			expect.objectContaining({ action: 'down', name: '1_a' }),
		]);
	});
});
