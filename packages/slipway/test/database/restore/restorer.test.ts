import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { Restorer } from '../../../src/database/restore/index.ts';
import { describeDatabase } from './describe.ts';
import { startTemplateServer, type TemplateServer } from './template-server.ts';

let host: TemplateServer;
let restorer: Restorer;
let template: Awaited<ReturnType<typeof describe>>;
beforeAll(async () => {
	host = await startTemplateServer();
	restorer = newRestorer(100);
	template = await describe(await host.createClone());
});
afterAll(async () => {
	await restorer?.[Symbol.asyncDispose]();
	await host?.[Symbol.asyncDispose]();
});

function newRestorer(maxTables: number): Restorer {
	const { server, superuser, createClone } = host;
	return new Restorer({ superuser, admin: server.admin, createClone, maxTables: () => maxTables });
}

async function trackedClone(): Promise<string> {
	const clone = await host.createClone();
	await restorer.track(clone);
	return clone;
}

type Role = 'app' | 'migrator' | 'admin';
const run = (role: Role, database: string, statements: string) =>
	withClient({ ...host.server[role], database }, (sql) => sql.unsafe(statements));

const describe = (database: string) => describeDatabase({ ...host.server.admin, database });

test.each<[what: string, statements: string]>([
	['nothing', ''],
	['queries and locks', 'SELECT * FROM author; SELECT * FROM book FOR UPDATE; SELECT pg_advisory_lock(1)'],
	[
		'inserted, updated and deleted rows',
		`
		INSERT INTO author (name) VALUES ('Joe'); UPDATE book SET body = repeat(title, 9999); DELETE FROM category`,
	],
	['rows that were rolled back', "BEGIN; INSERT INTO author (name) VALUES ('Joe'); ROLLBACK"],
	[
		'rows behind always-enabled triggers and rules',
		"INSERT INTO category VALUES (9, 1, 'x'); INSERT INTO ruled VALUES (1)",
	],
	[
		'rows of partitions and of inheriting tables',
		'UPDATE reading SET at = 15 - at; INSERT INTO child VALUES (3)',
	],
	['rows of an unlogged table', "UPDATE cache SET value = 'cold'"],
	['sequences', "SELECT nextval('ticket'), nextval('cached') FROM generate_series(1, 9)"],
])('a clone is like the template again after %s', async (_, statements) => {
	let clone = await trackedClone();
	for (const _round of [1, 2]) {
		await run('app', clone, statements);
		const { name, restored } = await restorer.restore(clone, host.newName());
		expect(restored).toBe(true);
		expect(await describe(name)).toEqual(template);
		clone = name;
	}
});

test.each<[what: string, role: Role, statements: string]>([
	['a new table', 'migrator', 'CREATE TABLE added ()'],
	['a temporary table', 'app', 'CREATE TEMPORARY TABLE scratch ()'],
	['TRUNCATE', 'migrator', 'TRUNCATE pair'],
	['ALTER SEQUENCE', 'migrator', 'ALTER SEQUENCE ticket RESTART'],
	['a grant', 'migrator', 'GRANT SELECT ON author TO PUBLIC'],
	['a comment', 'migrator', "COMMENT ON TABLE author IS 'x'"],
	['a refreshed materialized view', 'migrator', 'REFRESH MATERIALIZED VIEW names'],
	['new statistics', 'migrator', 'ANALYZE author'],
	['rows of a table that writes to another when it is filled', 'app', 'INSERT INTO checked VALUES (2)'],
	['a large object', 'admin', "SELECT lo_from_bytea(0, 'x')"],
	['a changed large object', 'admin', "SELECT lo_put(oid, 0, 'X') FROM pg_largeobject_metadata"],
	['a prepared transaction', 'app', "BEGIN; INSERT INTO pair VALUES (1); PREPARE TRANSACTION 'left'"],
	[
		'a setting of the database',
		'admin',
		"DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END$$",
	],
	[
		'a comment on the database',
		'admin',
		"DO $$BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''x''', current_database()); END$$",
	],
])('a clone is not restored after %s', async (_, role, statements) => {
	const clone = await trackedClone();
	await run(role, clone, statements);
	expect(await restorer.restore(clone, host.newName())).toMatchObject({ restored: false });
});

test('a restored clone has another name, so that nobody reaches it with an old login', async () => {
	const clone = await trackedClone();
	const { name, restored } = await restorer.restore(clone, host.newName());
	expect({ restored, isRenamed: name !== clone }).toEqual({ restored: true, isRenamed: true });
	await expect(run('app', clone, 'SELECT 1')).rejects.toThrow('there is no database');
});

test('a clone that somebody is still connected to is not restored', async () => {
	const clone = await trackedClone();
	await withClient({ ...host.server.app, database: clone }, async () => {
		expect(await restorer.restore(clone, host.newName())).toEqual({ name: clone, restored: false });
	});
});

test('a clone is not restored if its test touched more tables than allowed', async () => {
	await using strict = newRestorer(2); // One is unlogged, so that it counts always.
	const [one, two] = [await host.createClone(), await host.createClone()];
	for (const clone of [one, two]) await strict.track(clone);
	await run('app', one, 'INSERT INTO pair VALUES (1)');
	await run('app', two, 'INSERT INTO pair VALUES (1); INSERT INTO booking VALUES (NULL)');
	expect(await strict.restore(one, host.newName())).toMatchObject({ restored: true });
	expect(await strict.restore(two, host.newName())).toMatchObject({ restored: false });
});
