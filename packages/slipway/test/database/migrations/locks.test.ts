import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, openClient, withClient } from '../../../src/connection/index.ts';
import { migrateUp } from '../../../src/database/migrations/index.ts';
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

const addsColumn = '-- Up Migration\nALTER TABLE a ADD COLUMN note text;\n-- Down Migration\nSELECT 1;\n';

/** A session that reads the table `a` and leaves its transaction open, which blocks changes to the table. */
async function idleReader(connection: Connection) {
	const client = openClient(connection, { applicationName: 'forgotten psql' });
	await client`BEGIN`;
	const [row] = await client<{ pid: number }[]>`SELECT pg_backend_pid() AS pid, (SELECT count(*) FROM a)`;
	return {
		pid: row?.pid,
		[Symbol.asyncDispose]: () => client.end(),
	};
}

async function withTable() {
	const database = await ownDatabase(server);
	await migrateUp(database.migrator, migrationsDirectory({ '1_a': makesTable('a') }));
	const directory = migrationsDirectory({
		'1_a': makesTable('a'),
		'2_note': addsColumn,
		'3_c': makesTable('c'),
	});
	return { ...database, directory };
}

describe('a migration that gets no lock', () => {
	test('is retried, names the holder, and is applied once that ends', async () => {
		const { migrator, directory } = await withTable();
		const reader = await idleReader(migrator);
		const said: string[] = [];
		const onProgress = (line: string) => {
			said.push(line);
			const isNamed = said.some((each) => each.includes('is waiting for a lock'));
			if (isNamed && line.includes('got no lock')) void reader[Symbol.asyncDispose]();
		};
		const timeouts = { lockTimeout: '300ms' };
		expect(await migrateUp(migrator, directory, { onProgress, timeouts })).toEqual(['2_note', '3_c']);
		expect(said).toContainEqual(
			expect.stringMatching(
				new RegExp(
					`^2_note is waiting for a lock: server process ${reader.pid} \\(forgotten psql as ${migrator.username}; idle in transaction: SELECT pg_backend_pid`,
				),
			),
		);
		expect(said).toContainEqual('2_note got no lock within 300ms; retry 1 of 5 in 500 ms');
	});

	test('names the holder even if this role may not see its query', async () => {
		const { migrator, app, directory } = await withTable();
		await withClient(migrator, (sql) => sql`GRANT SELECT ON a TO ${sql(app.username)}`);
		const reader = await idleReader(app);
		const said: string[] = [];
		const onProgress = (line: string) => {
			said.push(line);
			if (line.includes('is waiting for')) void reader[Symbol.asyncDispose]();
		};
		await migrateUp(migrator, directory, { onProgress });
		expect(said[0]).toMatch(
			/forgotten psql as .*; its query is visible only to members of pg_read_all_stats\)$/,
		);
	});

	test('fails after the last retry, is rolled back, and says what is not applied and what to do', async () => {
		const { migrator, directory } = await withTable();
		await using _reader = await idleReader(migrator);
		await expect(
			migrateUp(migrator, directory, { timeouts: { lockTimeout: '50ms', lockRetries: 1 } }),
		).rejects.toMatchObject({
			code: 'migration-failed',
			message: expect.stringMatching(
				/2_note\.sql:2:1: canceling statement due to lock timeout\n(.*\n)*Its transaction was rolled back\.\nnot applied: 3_c$/,
			),
			hint: expect.stringMatching(/--lock-timeout/),
		});
		expect(await tablesOf(migrator)).toEqual(['a']);
	});
});

describe('a statement that takes too long', () => {
	test('is canceled and rolled back', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'CREATE TABLE a (id int); SELECT pg_sleep(600);' });
		await expect(
			migrateUp(migrator, directory, { timeouts: { statementTimeout: '2s' } }),
		).rejects.toMatchObject({
			message: expect.stringMatching(
				/1_a\.sql:1:26: canceling statement due to statement timeout\n.*rolled back/,
			),
			hint: expect.stringMatching(/more than 2s: --statement-timeout/),
		});
		expect(await tablesOf(migrator)).toEqual([]);
	});

	test('may run longer if there is no limit, and in a part without a transaction', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a':
				"CREATE TABLE a AS SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement;",
			'2_b':
				"-- Up Migration, no transaction\nCREATE TABLE b AS SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement;",
		});
		await migrateUp(migrator, directory, { timeouts: { lockTimeout: '7s', statementTimeout: '0' } });
		expect(await withClient(migrator, (sql) => sql`TABLE a UNION ALL TABLE b`)).toEqual([
			{ lock: '7s', statement: '0' },
			{ lock: '0', statement: '0' },
		]);
	});
});

describe('an index that was left INVALID', () => {
	const makesIndex = (how: string) =>
		`-- Up Migration, no transaction\nCREATE UNIQUE INDEX CONCURRENTLY ${how} "A id" ON a (id);`;

	test('is reported with the way to drop it, when the migration fails and when it runs again', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': 'CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);',
			'2_index': makesIndex(''),
		});
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'migration-failed',
			message: expect.stringMatching(
				/2_index\.sql:2:1: could not create unique index(.*\n)*The index "A id" on a is INVALID/,
			),
			hint: expect.stringMatching(/^Remove the index: DROP INDEX CONCURRENTLY "A id";\nFix the file/),
		});
		for (const how of ['', 'IF NOT EXISTS']) {
			writeMigration(directory, '2_index', makesIndex(how));
			await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
				code: 'invalid-index',
				hint: expect.stringContaining('DROP INDEX CONCURRENTLY "A id";'),
			});
		}
		await withClient(migrator, async (sql) => {
			await sql.unsafe('DROP INDEX CONCURRENTLY "A id"');
			await sql`TRUNCATE a`;
		});
		expect(await migrateUp(migrator, directory)).toEqual(['2_index']);
	});

	test('blocks only an index of the same name, however that is written', async () => {
		const { migrator } = await ownDatabase(server);
		const long = `a${'_long'.repeat(20)}`;
		await withClient(migrator, async (sql) => {
			await sql`CREATE TABLE a (email int, b int)`;
			await sql`INSERT INTO a VALUES (1, 1), (1, 1)`;
			for (const name of ['email', long])
				await sql.unsafe(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON a (email)`).catch(() => {});
		});
		const marker = '-- Up Migration, no transaction\n';
		const directory = migrationsDirectory({
			'1_other': `${marker}CREATE INDEX CONCURRENTLY email_b ON a (email); CREATE INDEX ON a (email);`,
		});
		expect(await migrateUp(migrator, directory)).toEqual(['1_other']);
		for (const name of ['email', 'Email', '"email"', '-- its name:\n\temail', long]) {
			writeMigration(
				directory,
				'2_same',
				`${marker}CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON a (b);`,
			);
			await expect(migrateUp(migrator, directory)).rejects.toMatchObject({ code: 'invalid-index' });
		}
		writeMigration(directory, '2_same', `${marker}CREATE INDEX CONCURRENTLY "Email" ON a (email, b);`);
		expect(await migrateUp(migrator, directory)).toEqual(['2_same']);
	});

	test('may be dropped by the migration itself', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': 'CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);',
			'2_index': makesIndex(''),
		});
		await expect(migrateUp(migrator, directory)).rejects.toThrow('INVALID');
		const [marker, create] = makesIndex('').split('\n');
		writeMigration(
			directory,
			'2_index',
			`${marker}\nDELETE FROM a;\nDROP INDEX CONCURRENTLY IF EXISTS "A id";\n${create}`,
		);
		expect(await migrateUp(migrator, directory)).toEqual(['2_index']);
	});
});
