import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Connection, openClient, withClient } from '../../../src/connection/index.ts';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import {
	copyOver,
	type DevData,
	dropData,
	listDatabases,
	requireState,
	saveState,
	undoReplacement,
	withDevData,
} from '../../../src/database/dev-data/index.ts';
import { temporaryName } from '../../../src/database/dev-data/names.ts';
import { type PostgresServer, startServer } from '../../../src/postgres/index.ts';
import { type OwnDatabase, ownDatabase } from '../../helpers/own-database.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startServer({ ...inject('postgres'), settings: { max_prepared_transactions: '2' } });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A database with the note `text`. */
async function databaseWith(text: string): Promise<OwnDatabase> {
	const database = await ownDatabase(server);
	const statements = `CREATE TABLE note (text text); INSERT INTO note VALUES ('${text}')`;
	await withClient(database.migrator, (sql) => sql.unsafe(statements));
	return database;
}

const change = ({ app }: OwnDatabase, text: string) =>
	withClient(app, (sql) => sql`UPDATE note SET text = ${text}`);

const textOf = (app: Connection) =>
	withClient(app, async (sql) => (await sql<[{ text: string }]>`SELECT text FROM note`)[0].text);

const withData = <T>(
	{ settings }: OwnDatabase,
	use: (data: DevData) => Promise<T>,
	admin: Connection = server.admin,
) => withDevData(admin, settings.name, settings, use);

const save = (database: OwnDatabase, name: string, options?: { readonly replace?: boolean }) =>
	withData(database, (data) => saveState(data, database.settings.name, name, options));

const restore = (database: OwnDatabase, name: string, admin?: Connection) =>
	withData(
		database,
		async (data) => copyOver(data, (await requireState(data, name)).name, database.settings.name),
		admin,
	);

const undo = (database: OwnDatabase) =>
	withData(database, (data) => undoReplacement(data, database.settings.name));

const namesOf = (database: OwnDatabase) =>
	withData(database, async ({ sql, project }) =>
		(await listDatabases(sql, project)).map(({ note }) => (note?.kind === 'state' ? note.name : note?.kind)),
	);

describe('a saved state', () => {
	test('is restored with rows, privileges and settings, and what was there before can be had back', async () => {
		const database = await databaseWith('saved');
		const { name } = database.settings;
		await withClient(server.admin, (sql) => sql.unsafe(`ALTER DATABASE ${name} SET work_mem = '7MB'`));
		await save(database, 'before');
		await change(database, 'changed');
		await restore(database, 'before');
		expect(await textOf(database.app)).toBe('saved');
		expect(await withClient(database.app, (sql) => sql`SHOW work_mem`)).toEqual([{ work_mem: '7MB' }]);
		expect(await bootstrapDatabase(server.admin, database.settings)).toEqual([]);
		await undo(database);
		expect(await textOf(database.app)).toBe('changed');
		await undo(database);
		expect(await textOf(database.app)).toBe('saved');
	});

	test('is not replaced unless asked for', async () => {
		const database = await databaseWith('first');
		await save(database, 'one');
		await change(database, 'second');
		await expect(save(database, 'one')).rejects.toMatchObject({ code: 'state-exists' });
		await save(database, 'one', { replace: true });
		await change(database, 'third');
		await restore(database, 'one');
		expect(await textOf(database.app)).toBe('second');
		expect(await namesOf(database)).toEqual([undefined, 'one', 'undo']);
	});

	test('is dropped by its name, and unknown names are refused with those that exist', async () => {
		const database = await databaseWith('first');
		for (const name of ['one', 'ONE', 'Zwei/drei ✓', 'x'.repeat(100)]) await save(database, name);
		expect((await namesOf(database)).toSorted()).toEqual(
			[undefined, 'one', 'ONE', 'Zwei/drei ✓', 'x'.repeat(100)].toSorted(),
		);
		await withData(database, async (data) => dropData(data, (await requireState(data, 'ONE')).name));
		await expect(restore(database, 'ONE')).rejects.toMatchObject({
			code: 'no-state',
			hint: expect.stringContaining('one'),
		});
		await expect(undo(database)).rejects.toMatchObject({ code: 'nothing-to-undo' });
	});

	test('of a newer version of Slipway is refused', async () => {
		const database = await databaseWith('first');
		await save(database, 'one');
		await withData(database, async (data) => {
			const { name } = await requireState(data, 'one');
			await data.sql.unsafe(`DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', '${name}',
				replace(shobj_description((SELECT oid FROM pg_database WHERE datname = '${name}'), 'pg_database'),
					'"slipway":1', '"slipway":2')); END $$`);
		});
		await expect(restore(database, 'one')).rejects.toMatchObject({ code: 'dev-data-too-new' });
	});

	test('is saved and restored while a service is connected, whose next statements work', async () => {
		const database = await databaseWith('saved');
		const pool = openClient(database.app, { max: 4 });
		const ask = () => pool<[{ text: string }]>`SELECT text FROM note`;
		await Promise.all([1, 2, 3, 4].map(ask));
		const slow = pool`SELECT pg_sleep(0.4)`;
		const [saved] = await Promise.all([save(database, 'one'), slow]);
		expect(saved).toBeUndefined();
		await change(database, 'changed');
		expect((await ask())[0].text).toBe('changed');
		await restore(database, 'one');
		expect((await ask())[0].text).toBe('saved');
		await pool.end();
	});

	test('cannot be made while a prepared transaction uses the database', async () => {
		const database = await databaseWith('saved');
		await withClient(database.app, (sql) =>
			sql.unsafe("BEGIN; UPDATE note SET text = 'x'; PREPARE TRANSACTION 'a'"),
		);
		await expect(save(database, 'one')).rejects.toMatchObject({ code: 'database-in-use' });
		await withClient(database.app, (sql) => sql.unsafe("ROLLBACK PREPARED 'a'"));
		await save(database, 'one');
	});

	test('can be made by an admin that is no superuser, with the rights that bootstrap needs', async () => {
		const admin = await otherAdmin('CREATEDB CREATEROLE');
		const database = await databaseOf(admin);
		await withData(database, (data) => saveState(data, database.settings.name, 'one'), admin);
		await change(database, 'changed');
		await restore(database, 'one', admin);
		expect(await textOf(database.app)).toBe('saved');
		expect(await bootstrapDatabase(admin, database.settings)).toEqual([]);
	});

	test('is refused to an admin that may not create databases', async () => {
		const database = await databaseWith('saved');
		const admin = await otherAdmin('CREATEROLE');
		await expect(withData(database, async () => {}, admin)).rejects.toMatchObject({
			code: 'admin-lacks-rights',
			hint: expect.stringContaining('CREATEDB'),
		});
	});
});

async function otherAdmin(attributes: string): Promise<Connection> {
	const username = `admin_${randomBytes(6).toString('hex')}`;
	await withClient(server.admin, (sql) =>
		sql.unsafe(`CREATE ROLE ${username} LOGIN PASSWORD 'secret' ${attributes};
			GRANT CONNECT ON DATABASE postgres TO ${username}`),
	);
	return { ...server.admin, username, password: 'secret' };
}

async function databaseOf(admin: Connection): Promise<OwnDatabase> {
	const database = await ownDatabase({ ...server, admin } as PostgresServer);
	const statements = "CREATE TABLE note (text text); INSERT INTO note VALUES ('saved')";
	await withClient(database.migrator, (sql) => sql.unsafe(statements));
	return database;
}

test('what a killed command left unfinished is removed by the next one', async () => {
	const database = await databaseWith('saved');
	const temporary = temporaryName(database.settings.name);
	await withClient(server.admin, (sql) => sql.unsafe(`CREATE DATABASE ${temporary}`));
	const exists = () =>
		withClient(server.admin, (sql) => sql`SELECT FROM pg_database WHERE datname = ${temporary}`);
	expect(await exists()).toHaveLength(1);
	await withData(database, async () => {});
	expect(await exists()).toHaveLength(0);
});
