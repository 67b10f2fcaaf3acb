import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
	createMigration,
	lintMigrations,
	listMigrations,
	migrateDown,
	migrateRedo,
	migrateUp,
	migrationHistory,
	rebaseMigrations,
	stampMigrations,
} from '../../../src/database/migrations/index.ts';
import { migrationSource } from '../../../src/migration-sources/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { snapshotSpec } from '../../../src/prepare/index.ts';
import {
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

const initPair = {
	'000001_init.up': 'CREATE TABLE a (id int);',
	'000001_init.down': 'DROP TABLE a;',
};

test('a pair is one migration, which is applied, listed, reverted and applied again', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = migrationsDirectory({ ...initPair, '000002_b.up': 'CREATE TABLE b (id int);' });
	expect(await statesOf(migrator, directory)).toEqual(['000001_init pending', '000002_b pending']);
	expect(await migrateUp(migrator, directory)).toEqual(['000001_init', '000002_b']);
	expect(await tablesOf(migrator)).toEqual(['a', 'b']);
	expect(await statesOf(migrator, directory)).toEqual(['000001_init applied', '000002_b applied']);
	await expect(migrateDown(migrator, directory)).rejects.toMatchObject({
		code: 'migration-irreversible',
		message: expect.stringContaining('000002_b.up.sql has no down part'),
		hint: expect.stringContaining('add the file 000002_b.down.sql next to it'),
	});
	await stampMigrations(migrator, directory, '000001_init.up.sql');
	expect(await migrateRedo(migrator, directory)).toEqual(['000001_init']);
	expect(await migrateDown(migrator, directory)).toEqual(['000001_init']);
	expect(await tablesOf(migrator)).toEqual(['b']);
	expect((await migrationHistory(migrator)).map(({ action, name }) => `${action} ${name}`)).toEqual([
		'up 000001_init',
		'up 000002_b',
		'unstamp 000002_b',
		'down 000001_init',
		'up 000001_init',
		'down 000001_init',
	]);
});

test('a change in either file of a pair is a change of the migration', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = migrationsDirectory(initPair);
	await migrateUp(migrator, directory);
	for (const [file, text] of Object.entries(initPair)) {
		writeMigration(directory, file, `${text} -- changed`);
		expect(await statesOf(migrator, directory)).toEqual(['000001_init edited']);
		writeMigration(directory, file, text);
		expect(await statesOf(migrator, directory)).toEqual(['000001_init applied']);
	}
});

test('a failure is reported with its own file and line', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = migrationsDirectory({ ...initPair, '000001_init.down': '\nDROP TABLE nothing;' });
	await migrateUp(migrator, directory);
	await expect(migrateDown(migrator, directory)).rejects.toThrow(
		`${join(directory, '000001_init.down.sql')}:2:1: table "nothing" does not exist`,
	);
});

test('rebase renames both files of a pair and keeps their contents', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = migrationsDirectory({ '000003_c': 'CREATE TABLE c (id int);' });
	await migrateUp(migrator, directory);
	for (const [file, text] of Object.entries(initPair)) writeMigration(directory, file, text);
	const [renumbered] = await rebaseMigrations(migrator, directory);
	expect(renumbered).toEqual({ from: '000001_init', to: expect.stringMatching(/^\d{17}_init$/) });
	expect(readdirSync(directory).toSorted()).toEqual([
		'000003_c.sql',
		`${renumbered?.to}.down.sql`,
		`${renumbered?.to}.up.sql`,
	]);
	for (const [part, text] of [
		['up', initPair['000001_init.up']],
		['down', initPair['000001_init.down']],
	])
		expect(readFileSync(join(directory, `${renumbered?.to}.${part}.sql`), 'utf8')).toBe(text);
	expect(await migrateUp(migrator, directory)).toEqual([renumbered?.to]);
});

test('a new migration comes after existing pairs', async () => {
	const directory = migrationsDirectory(initPair);
	await createMigration(directory, 'next');
	expect(await listMigrations(directory)).toEqual(['000001_init', expect.stringMatching(/_next$/)]);
});

test('the linter checks only the file that is applied', async () => {
	const directory = migrationsDirectory({ ...initPair, '000002_b.up': 'SELECT 1;\nTRUNCATE a;' });
	writeMigration(directory, '000003_c.up', 'ALTER TABLE a\n\tDROP COLUMN id;');
	writeMigration(directory, '000003_c.down', 'DROP TABLE b;');
	expect(await lintMigrations(directory)).toMatchObject([
		{ path: join(directory, '000002_b.up.sql'), line: 2, kind: 'truncate-table' },
		{ path: join(directory, '000003_c.up.sql'), line: 2, kind: 'ban-drop-column' },
	]);
});

test('a snapshot depends on both files of a pair', async () => {
	const directory = migrationsDirectory(initPair);
	const keys = async () =>
		(
			await snapshotSpec(
				{ provider: 'embedded', identity: [] },
				{ migrations: migrationSource(directory), extensions: [], logins: [], databases: [], seeds: [] },
			)
		).keys;
	const found = [await keys()];
	expect(found[0]).toHaveLength(2);
	for (const [file, text] of Object.entries(initPair)) {
		writeMigration(directory, file, `${text} -- changed`);
		found.push(await keys());
	}
	rmSync(join(directory, '000001_init.down.sql'));
	found.push(await keys());
	expect(new Set(found.map((each) => each.at(-1))).size).toBe(4);
});

test('a pair that node-pg-migrate applied counts as applied', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = migrationsDirectory({ '000000_base': 'SELECT 1;' });
	await migrateUp(migrator, directory);
	for (const [file, text] of Object.entries(initPair)) writeMigration(directory, file, text);
	const { host, port, username: user, password, database } = migrator;
	await runner({
		databaseUrl: { host, port, user, password: String(password), database },
		dir: directory,
		direction: 'up',
		migrationsTable: 'migrations',
		migrationsSchema: 'slipway',
		migrationLoaderStrategies: [{ extensions: ['.sql'], loader: 'sql' }],
		log: () => {},
	});
	expect(await tablesOf(migrator)).toEqual(['a']);
	expect(await statesOf(migrator, directory)).toEqual(['000000_base applied', '000001_init applied']);
	expect(await migrateDown(migrator, directory)).toEqual(['000001_init']);
});
