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

/** Ends the session whose process is `pid`, and waits until it has. */
const end = (pid: number) =>
	withClient(server.admin, async (sql) => {
		await sql`SELECT pg_terminate_backend(${pid})`;
		await eventually(async () => (await sql`SELECT FROM pg_stat_activity WHERE pid = ${pid}`).length === 0);
	});

test('a transaction is committed with its result, or rolled back with its error', async () => {
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
