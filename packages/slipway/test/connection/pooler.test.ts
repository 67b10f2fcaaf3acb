import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { askWithLimit } from '../../src/connection/pooler.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { startTestDatabase } from '../helpers/server.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('a statement with a limit of its own', () => {
	test('returns the rows as the client does', async () => {
		await withClient(server.app, async (sql) => {
			const [plain, limited] = [await sql`SELECT 7 AS a, now() IS NULL AS b`, askWithLimit(sql, 1000)];
			expect(await limited`SELECT ${7} AS a, now() IS NULL AS b`).toEqual(plain);
			expect(await limited`SELECT WHERE false`).toEqual([]);
		});
	});

	test('is cancelled by the server when the limit is reached', async () => {
		await withClient(server.app, async (sql) => {
			await expect(askWithLimit(sql, 20)`SELECT pg_sleep(60)`).rejects.toMatchObject({ code: '57014' });
			expect(await sql`SHOW statement_timeout`).toEqual([{ statement_timeout: '0' }]);
		});
	});

	test.each(["it's", 'a\\', '1; DROP TABLE a', '$1', 'ä'])('takes the text %s as it is', async (text) => {
		await withClient(server.app, async (sql) => {
			expect(await askWithLimit(sql, 1000)`SELECT ${text}::text AS text`).toEqual([{ text }]);
		});
	});

	test.each([1.5, Number.NaN, 2 ** 53, ['1; DROP TABLE a'] as unknown as number])(
		'is not sent with %s, which is not a whole number',
		async (value) => {
			await withClient(server.app, async (sql) => {
				await expect(askWithLimit(sql, 1000)`SELECT ${value}`).rejects.toThrow('is not a whole number');
			});
		},
	);
});
