import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maintenanceDatabase, openClient, withClient } from '../../src/connection/index.ts';
import { sealTemplate } from '../../src/database/template/index.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { ClonePool } from '../../src/vitest/clone-pool.ts';
import { startTestDatabase } from '../helpers/server.ts';

/** So many that a clone takes longer to create than to restore. */
const tables = Array.from(
	{ length: 100 },
	(_, index) => `CREATE TABLE item_${index} (id serial PRIMARY KEY, name text UNIQUE);`,
);

let server: PreparedServer;
let superuser: Sql;
let pool: ClonePool;
beforeAll(async () => {
	server = await startTestDatabase({ seed: tables.join('') });
	superuser = openClient({ ...server.admin, database: maintenanceDatabase }, { max: 2 });
	await sealTemplate(superuser, 'app');
	pool = new ClonePool({ superuser, admin: server.admin, template: 'app', maxUsed: () => 0 });
	// The first ones are never restored.
	const first = await Promise.all(Array.from({ length: 7 }, () => pool.acquire()));
	for (const clone of first) await pool.release(clone, { isUnused: false });
});
afterAll(async () => {
	await pool?.[Symbol.asyncDispose]();
	await superuser?.end();
	await server?.[Symbol.asyncDispose]();
});

const oidOf = async (name: string) =>
	(await superuser`SELECT oid FROM pg_database WHERE datname = ${name}`)[0]?.oid as number | undefined;

const run = (database: string, statements: string) =>
	withClient({ ...server.migrator, database }, (sql) => sql.unsafe(statements));

/** Acquires a clone, uses it and releases it. Returns the one that is acquired next. */
async function useOne(statements: string, isUnused = true) {
	const used = await pool.acquire();
	const oid = await oidOf(used);
	await run(used, statements);
	await pool.release(used, { isUnused });
	const next = await pool.acquire();
	return {
		isSame: (await oidOf(next)) === oid,
		isRenamed: used !== next,
		rows: await run(next, 'TABLE item_7'),
	};
}

test('a used clone is handed out again under another name, without the rows that were written', async () => {
	const result = await useOne("INSERT INTO item_7 (name) VALUES ('new'), ('newer')");
	expect(result).toMatchObject({ isSame: true, isRenamed: true, rows: [] });
	expect(await useOne('SELECT 1')).toMatchObject({ isSame: true, isRenamed: true, rows: [] });
});

test('as many clones as a test file uses at a time are handed out again, even if they are large', async () => {
	const acquire = () => Promise.all(Array.from({ length: 6 }, () => pool.acquire()));
	const used = await acquire();
	const before = await Promise.all(used.map(oidOf));
	for (const clone of used) await pool.release(clone, { isUnused: true });
	const after = await Promise.all((await acquire()).map(oidOf));
	expect(new Set(after)).toEqual(new Set(before));
});

test('a clone is replaced by another one if its schema changed', async () => {
	expect(await useOne('CREATE TABLE added ()')).toMatchObject({ isSame: false, rows: [] });
});

test('after clones that could not be restored, some are not tried', async () => {
	for (const _each of [1, 2]) await useOne('CREATE TABLE added ()');
	expect(await useOne('SELECT 1')).toMatchObject({ isSame: false });
	for (const _each of Array.from({ length: 10 })) await useOne('SELECT 1');
	expect(await useOne('SELECT 1')).toMatchObject({ isSame: true });
});

test('a clone is replaced by another one if it may still be in use', async () => {
	expect(await useOne('SELECT 1', false)).toMatchObject({ isSame: false });
});
