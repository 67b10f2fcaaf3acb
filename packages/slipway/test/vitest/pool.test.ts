import { expect, test } from 'vitest';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

async function runSample(body: string): Promise<string> {
	const project = makeProject({
		'sample.test.ts': `
			import pg from 'pg';
			import { expect } from 'vitest';
			import { databaseTest, test as serverTest, transactionTest as test } from 'slipway/vitest';
			const put = (client, text) => client.query('INSERT INTO note (text) VALUES ($1)', [text]);
			const notes = async (client) =>
				(await client.query('SELECT text FROM note ORDER BY id')).rows.map(({ text }) => text);
			${body}`,
	});
	const { stdout, stderr } = await runVitest(project, ['--reporter=verbose']);
	return `${stdout}\n${stderr}`;
}

test('each level has a pool of pg, and a transactionTest rolls back what its pool wrote', async () => {
	const output = await runSample(`
		const { Pool } = pg;
		for (const [name, level] of Object.entries({ serverTest, databaseTest, test, again: test })) level(name, async ({ pool }) => {
			expect(pool).toBeInstanceOf(Pool);
			expect((await pool.query('SELECT current_user')).rows).toEqual([{ current_user: 'app_user' }]);
			await put(pool, 'one');
			expect(await notes(pool)).toEqual(['one']);
			await Promise.all(['two', 'three'].map((text) => put(pool, text)));
			expect(await notes(pool)).toHaveLength(3);
			expect(pool.totalCount).toBeGreaterThan(1);
			if (level === test) await pool.end();
		});
		test('reads no rows of another test', async ({ pool }) => { expect(await notes(pool)).toEqual([]); });
		test('refuses a second transaction', async ({ pool, sql }) => {});
		databaseTest('has both', async ({ pool, sql }) => {
			await put(pool, 'one');
			expect(await sql\`SELECT text FROM note\`).toEqual([{ text: 'one' }]);
			await pool.connect(); // Never released.
		});`);
	expect(output).toMatch(/Tests +1 failed \| 6 passed/);
	expect(output).toMatch(/`sql` and `pool` do not work in the same transactionTest/);
});

test('transactions of a client are savepoints that commit, roll back and fail as in production', async () => {
	const output = await runSample(`
		test('commits and rolls back', async ({ pool }) => {
			const client = await pool.connect();
			expect((await client.query('BEGIN')).command).toBe('BEGIN');
			await put(client, 'kept');
			expect(client.getTransactionStatus()).toBe('T');
			await client.query('SAVEPOINT inner_one');
			await put(client, 'lost');
			await client.query('ROLLBACK TO SAVEPOINT inner_one; RELEASE inner_one');
			expect((await client.query('/* tag */ commit;')).command).toBe('COMMIT');
			await client.query('start transaction isolation level read committed, read only');
			await expect(put(client, 'x')).rejects.toMatchObject({ code: '25006' });
			await client.query('ROLLBACK');
			await client.query('BEGIN READ ONLY');
			await client.query('END');
			const results = await client.query("BEGIN; INSERT INTO note (text) VALUES ('script'); COMMIT; SELECT 1 AS one");
			expect(results.map(({ command }) => command)).toEqual(['BEGIN', 'INSERT', 'COMMIT', 'SELECT']);
			expect((await client.query('ROLLBACK')).command).toBe('ROLLBACK');
			expect(client.getTransactionStatus()).toBe('I');
			client.release();
			expect(await notes(pool)).toEqual(['kept', 'script']);
		});
		test('a failure outside of a transaction undoes nothing else', async ({ pool }) => {
			await put(pool, 'one');
			await expect(put(pool, 'one')).rejects.toMatchObject({ code: '23505' });
			await expect(pool.query("INSERT INTO note (text) VALUES ('two'); SELECT 1/0")).rejects.toMatchObject({ code: '22012' });
			expect(await notes(pool)).toEqual(['one']);
		});
		test('a failure within one aborts it, and COMMIT rolls back', async ({ pool }) => {
			await put(pool, 'one');
			const client = await pool.connect();
			await client.query('BEGIN');
			await put(client, 'two');
			await expect(put(client, 'one')).rejects.toMatchObject({ code: '23505' });
			await expect(notes(client)).rejects.toMatchObject({ code: '25P02' });
			expect(client.getTransactionStatus()).toBe('E');
			expect((await client.query('COMMIT')).command).toBe('ROLLBACK');
			client.release();
			expect(await notes(pool)).toEqual(['one']);
		});
		test('COMMIT checks deferred constraints, which stay deferred', async ({ pool }) => {
			const client = await pool.connect();
			await client.query('BEGIN');
			await client.query('INSERT INTO page VALUES (1, 2)');
			await expect(client.query('COMMIT')).rejects.toMatchObject({ code: '23503' });
			await client.query('BEGIN; INSERT INTO page VALUES (1, 2); INSERT INTO page VALUES (2, 1); COMMIT');
			await client.query('BEGIN; INSERT INTO page VALUES (3, 4); INSERT INTO page VALUES (4, 3); COMMIT');
			client.release();
			expect((await pool.query('SELECT id FROM page')).rowCount).toBe(4);
		});
		test('waits for the transaction of another client', async ({ pool }) => {
			const client = await pool.connect();
			await client.query('BEGIN');
			await put(client, 'first');
			const transactions = ['second', 'third'].map(async (text) => {
				const other = await pool.connect();
				await other.query('BEGIN');
				await put(other, text);
				await other.query(text === 'third' ? 'ROLLBACK' : 'COMMIT');
				other.release();
			});
			await put(client, 'still first');
			await client.query('ROLLBACK');
			client.release();
			await Promise.all(transactions);
			expect(await notes(pool)).toEqual(['second']);
		});
		test('explains that it waits for a client that waits for it', async ({ pool }) => {
			const client = await pool.connect();
			await client.query('BEGIN');
			await expect(notes(pool)).rejects.toThrow(/another client of \`pool\`.*\\n.*or use databaseTest/i);
			await client.query('COMMIT');
			client.release();
		});
		test('refuses what cannot work', async ({ pool }) => {
			for (const statement of ['LISTEN x', 'PREPARE TRANSACTION \\'x\\'', 'COMMIT AND CHAIN', 'BEGIN ISOLATION LEVEL SERIALIZABLE'])
				await expect(pool.query(statement), statement).rejects.toThrow(/does not work in a transactionTest\\nUse databaseTest/);
			await expect(pool.query('VACUUM note')).rejects.toThrow(/transaction block\\nThe test runs in a transaction. Use databaseTest/);
			await expect(pool.query('SAVEPOINT x')).rejects.toMatchObject({ code: '25P01' });
		});`);
	expect(output).toMatch(/Tests +7 passed/);
});

test('clients have what pg’s have, also in a pool of another kind', async () => {
	const output = await runSample(`
		test('clients', async ({ pool }) => {
			const own = new pg.Pool(pool.options);
			const client = await own.connect();
			const members = ['query', 'release', 'on', 'end', 'ref', 'unref', 'processID', 'host', 'database', 'escapeIdentifier'];
			for (const name of members) expect(client[name], name).toBeDefined();
			await put(client, 'seen by both');
			expect(await notes(pool)).toEqual(['seen by both']);
			client.setTypeParser(23, (text) => text + '!');
			expect((await client.query('SELECT 1 AS x')).rows).toEqual([{ x: '1!' }]);
			expect((await pool.query('SELECT 1 AS x')).rows).toEqual([{ x: 1 }]);
			expect((await client.query({ text: 'SELECT $1::text AS x', values: ['y'], rowMode: 'array', name: 'named' })).rows).toEqual([['y']]);
			expect(await new Promise((resolve) => client.query('SELECT 1 AS x', (error, { rows }) => resolve(rows)))).toEqual([{ x: '1!' }]);
			const query = client.query(new pg.Query('SELECT 1 AS x'));
			expect(await new Promise((resolve) => query.on('row', resolve))).toEqual({ x: '1!' });
			await client.query('BEGIN');
			await put(client, 'lost');
			client.release(true); // Closes it.
			expect(await notes(own)).toEqual(['seen by both']);
			await own.end();
			await expect(own.query('SELECT 1')).rejects.toThrow('after calling end');
			expect(await notes(pool)).toEqual(['seen by both']);
			await expect(client.query('SELECT 1')).rejects.toThrow('not queryable');
		});
		test('has its own named statements, settings, locks and sequence values', async ({ pool }) => {
			const named = { text: 'SELECT $1::int AS x', values: [1], name: 'named' };
			expect((await pool.query(named)).rows).toEqual([{ x: 1 }]);
			expect((await pool.query('SELECT * FROM pg_locks WHERE locktype = $1', ['advisory'])).rows).toEqual([]);
			expect((await pool.query('SHOW work_mem')).rows).toEqual([{ work_mem: '4MB' }]);
			await expect(pool.query("SELECT currval('note_id_seq')")).rejects.toMatchObject({ code: '55000' });
			await put(pool, 'next');
			await pool.query("SELECT pg_advisory_lock(1); SET work_mem = '9MB'");
		});
		test('has them again', async ({ pool }) => {
			expect((await pool.query({ text: 'SELECT 2 AS x', name: 'named' })).rows).toEqual([{ x: 2 }]);
			expect((await pool.query('SELECT * FROM pg_locks WHERE locktype = $1', ['advisory'])).rows).toEqual([]);
			expect((await pool.query('SHOW work_mem')).rows).toEqual([{ work_mem: '4MB' }]);
			await expect(pool.query("SELECT currval('note_id_seq')")).rejects.toMatchObject({ code: '55000' });
		});`);
	expect(output).toMatch(/Tests +3 passed/);
});

test('a test that ends its transaction, leaves one open or violates a constraint fails, and the next one starts clean', async () => {
	const output = await runSample(`
		test.afterEach(({ pool, task }) => { globalThis.last = pool; });
		const clean = (name) => test(name, async ({ pool }) => { expect(await notes(pool)).toEqual([]); await put(pool, 'x'); });
		/** Sends what no client of the pool sends. */
		const smuggle = (text) => ({
			submit: (connection) => { connection.query(text); },
			...Object.fromEntries(['RowDescription', 'DataRow', 'CommandComplete', 'ReadyForQuery', 'Error'].map((event) => ['handle' + event, () => {}])),
		});
		test('escapes', async ({ pool }) => {
			await put(pool, 'escaped');
			const client = await pool.connect();
			client.query(smuggle('COMMIT'));
			client.release();
		});
		clean('clean one');
		test('loses its connection', async ({ pool }) => {
			await expect(pool.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
			await expect(pool.query('SELECT 1')).rejects.toThrow();
		});
		clean('clean two');
		test('leaves a transaction open', async ({ pool }) => {
			await put(pool, 'written');
			const client = await pool.connect();
			await client.query('BEGIN');
			await put(client, 'open');
		});
		clean('clean three');
		test('violates a constraint', async ({ pool }) => { await pool.query('INSERT INTO page VALUES (1, 2)'); });
		clean('clean four');
		test('does not wait for its statement', async ({ pool }) => { void pool.query('SELECT pg_sleep(60)').catch(() => {}); });
		clean('clean five');
		test('queries after the end of a test', async ({ pool }) => {
			await expect(globalThis.last.query('SELECT 1')).rejects.toThrow('a test that has already ended ran a query');
		});
		test('fails', async ({ pool }) => {
			await put(pool, 'for inspection');
			expect(1).toBe(2);
		});
		clean('clean six');
		test('fails while its statement runs', async ({ pool }) => {
			void pool.query('SELECT pg_sleep(60)').catch(() => {});
			expect(1).toBe(2);
		});
		clean('clean seven');`);
	expect(output).toMatch(/Tests +7 failed \| 8 passed/);
	for (const message of [
		/SlipwayError: the test ended its own transaction or lost its connection: .*\n.*or use databaseTest/,
		/SlipwayError: the test ended its own transaction or lost its connection: .*not queryable/,
		/SlipwayError: the test ended while a transaction that it began on a client of `pool` was open/,
		/SlipwayError: the test ends with a deferred constraint violated/,
		/SlipwayError: a statement was still running 5 s after its test ended/,
		/The test's database is kept: /,
	])
		expect(output).toMatch(message);
});
