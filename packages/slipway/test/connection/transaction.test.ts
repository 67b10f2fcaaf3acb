import type { TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transact, withClient } from '../../src/connection/index.ts';
import type { PostgresServer } from '../../src/postgres/index.ts';
import { eventually } from '../helpers/eventually.ts';
import { lossCodes } from '../helpers/lost-connection.ts';
import { startTestServer } from '../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
	await withClient(server.admin, (sql) => sql`CREATE TABLE written (what text)`);
});
afterAll(() => server[Symbol.asyncDispose]());

async function written(): Promise<readonly unknown[]> {
	const rows = await withClient(server.admin, (sql) => sql`SELECT what FROM written ORDER BY what`.values());
	return rows.flat();
}

/** Ends the session of the process `pid` and waits until it is gone. */
const end = (pid: number) =>
	withClient(server.admin, async (sql) => {
		await sql`SELECT pg_terminate_backend(${pid})`;
		await eventually(async () => (await sql`SELECT FROM pg_stat_activity WHERE pid = ${pid}`).length === 0);
	});

test('a transaction is committed and returns its result, or is rolled back and throws its error', async () => {
	await withClient(server.admin, async (sql) => {
		const result = transact(sql, async (transaction) => {
			await transaction`INSERT INTO written VALUES ('committed')`;
			return 7;
		});
		expect(await result).toBe(7);
		const failure = transact(sql, async (transaction) => {
			await transaction`INSERT INTO written VALUES ('rolled back')`;
			throw new Error('no');
		});
		await expect(failure).rejects.toThrow('no');
		expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
	});
	expect(await written()).toEqual(['committed']);
});

test.each([
	['in the middle of a statement', 'SELECT pg_sleep(600)'],
	['between its last statement and its end', undefined],
])('a transaction that loses its connection %s is rejected, and nothing else fails', async (_, statement) => {
	await withClient(server.admin, async (sql) => {
		const lost = transact(sql, async (transaction) => {
			const [row] = await transaction<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
			const ended = end(row?.pid ?? 0);
			await Promise.all([statement === undefined ? undefined : transaction.unsafe(statement), ended]);
		});
		await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(lossCodes) });
	});
});

test.each<[what: string, go: (sql: TransactionSql) => Promise<unknown>]>([
	['a statement', (sql) => sql`SELECT 1`],
	['a raw statement', (sql) => sql.unsafe('SELECT 1')],
	['a savepoint', (sql) => sql.savepoint((inner) => inner`SELECT 1`)],
])('%s after the connection is lost is refused, and nothing else fails', async (_, go) => {
	await withClient(server.admin, async (sql) => {
		const refusals: unknown[] = [];
		const note = ({ code }: { code?: string }) => refusals.push(code);
		const lost = transact(sql, async (transaction) => {
			const [row] = await transaction<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
			await Promise.all([transaction`SELECT pg_sleep(600)`.catch(() => {}), end(row?.pid ?? 0)]);
			for (let time = 1; time <= 2; time++) await (async () => await go(transaction))().catch(note);
		});
		await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(lossCodes) });
		await eventually(() => refusals.length === 2);
	});
});

test('a savepoint runs all statements of an array', async () => {
	await withClient(server.admin, async (sql) => {
		const result = await transact(sql, (transaction) =>
			transaction.savepoint((inner) => [inner`SELECT 1 AS one`, inner`SELECT 2 AS two`]),
		);
		expect(result).toEqual([[{ one: 1 }], [{ two: 2 }]]);
	});
});

test('a connection lost inside a savepoint ends the transaction, and nothing else fails', async () => {
	await withClient(server.admin, async (sql) => {
		const lost = transact(sql, (transaction) =>
			transaction.savepoint('inner', async (inner) => {
				const [row] = await inner<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
				await Promise.all([inner`SELECT pg_sleep(600)`, end(row?.pid ?? 0)]);
			}),
		);
		await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(lossCodes) });
	});
});
