import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askThenFlush, askThenFlushWithLimit } from '../../src/connection/flushing.ts';
import { withClient } from '../../src/connection/index.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { startCuttingProxy } from '../helpers/cutting-proxy.ts';
import { eventually } from '../helpers/eventually.ts';
import { startTestDatabase } from '../helpers/server.ts';
import { countWaiting, takeStandbyAway } from '../helpers/synchronous-standby.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({
		replication: true,
		seed: `
			CREATE TABLE counted (name text PRIMARY KEY, value int);
			INSERT INTO counted VALUES ('a', 0), ('waiting direct', 0), ('waiting pooled', 0)`,
	});
});
afterAll(() => server[Symbol.asyncDispose]());

const forms = [
	{ form: 'direct', open: askThenFlush },
	{ form: 'pooled', open: (sql: Sql) => askThenFlushWithLimit(sql, 60_000) },
];

describe.each(forms)('a statement and then a flush, $form', ({ form, open }) => {
	test('return the rows as the client does', async () => {
		await withClient(server.app, async (sql) => {
			const [plain, ask] = [await sql`SELECT 7 AS a, 'x' AS b`, open(sql)];
			expect(await ask`SELECT ${7}::int AS a, ${'x'} AS b`).toEqual(plain);
			expect(await ask`SELECT WHERE false`).toEqual([]);
		});
	});

	test('release the locks before the synchronous standby has the commit, and return after it', async () => {
		const name = `waiting ${form}`;
		await withClient(server.app, async (sql) => {
			const ask = open(sql);
			await ask`SELECT 1`;
			let returned = false;
			const standby = await takeStandbyAway(server.admin);
			const added = ask<{ value: number }[]>`
				UPDATE counted SET value = value + 1 WHERE name = ${name}
				RETURNING value, set_config('synchronous_commit', 'off', true)`;
			void added.then(() => {
				returned = true;
			});
			try {
				await eventually(async () => (await countWaiting(server.admin, server.app.username)) === 1);
				await withClient(server.app, (other) => expectUnlocked(other, name));
				expect(returned).toBe(false);
			} finally {
				await standby[Symbol.asyncDispose]();
			}
			expect(await added).toEqual([{ value: 1, set_config: 'off' }]);
		});
	});

	test('reject if the statement fails, and leave the session to the next ones', async () => {
		await withClient(server.app, async (sql) => {
			const ask = open(sql);
			const results = await Promise.allSettled([
				ask`SELECT 1 AS a`,
				ask`INSERT INTO counted VALUES (${'a'}, 1)`,
				ask`SELECT 2 AS a`,
				ask`SELECT 1 / ${0}::int`,
				ask`SELECT 3 AS a`,
			]);
			expect(results).toMatchObject([
				{ value: [{ a: 1 }] },
				{ reason: { code: '23505' } },
				{ value: [{ a: 2 }] },
				{ reason: { code: '22012' } },
				{ value: [{ a: 3 }] },
			]);
		});
	});

	test('reject if the connection is lost before the flush', async () => {
		// Both may have been sent together.
		const proxy = await startCuttingProxy(server.app, ({ last }) => last.includes('pg_logical_emit_message'));
		await using _ = proxy;
		await withClient({ ...server.app, host: proxy.host, port: proxy.port }, async (sql) => {
			await expect(open(sql)`SELECT ${'a'} AS a`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
		});
	});
});

test('a statement that the driver sends again after the flush rejects, since nothing has waited for it', async () => {
	await withClient(server.app, async (sql) => {
		const read = () => askThenFlush(sql)`SELECT value FROM retyped WHERE value = ${'1'}`;
		await withClient(server.migrator, async (migrator) => {
			await migrator`CREATE TABLE retyped AS SELECT '1'::text AS value`;
			expect(await read()).toEqual([{ value: '1' }]);
			await migrator`ALTER TABLE retyped ALTER value TYPE varchar(2)`;
		});
		// The server says "cached plan must not change result type".
		await expect(read()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
	});
});

test('a statement whose flush fails rejects with the reason, not as one that can be repeated', async () => {
	const admin = { ...server.admin, database: server.app.database };
	const change = (text: string) =>
		withClient(admin, (sql) =>
			sql.unsafe(`DO $$
				DECLARE emit regprocedure;
				BEGIN
					FOR emit IN SELECT oid FROM pg_proc WHERE proname = 'pg_logical_emit_message' LOOP
						EXECUTE format('${text}', emit);
					END LOOP;
				END $$`),
		);
	await change('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC');
	try {
		await withClient(server.app, async (sql) => {
			await expect(askThenFlush(sql)`SELECT 1 AS a`).rejects.toMatchObject({
				code: 'CONNECTION_CLOSED',
				message: expect.stringContaining('permission denied'),
			});
		});
	} finally {
		await change('GRANT EXECUTE ON FUNCTION %s TO PUBLIC');
	}
});

/** Others see the row with the new value, and can lock it. A rollback does not wait for the standby. */
async function expectUnlocked(sql: Sql, name: string): Promise<void> {
	await sql`BEGIN`;
	expect(await sql`SELECT value FROM counted WHERE name = ${name} FOR UPDATE NOWAIT`).toEqual([{ value: 1 }]);
	await sql`ROLLBACK`;
}
