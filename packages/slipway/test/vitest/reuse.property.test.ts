import fc from 'fast-check';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Login, openClient, withClient } from '../../src/connection/index.ts';
import { ReusedDatabase } from '../../src/vitest/reuse.ts';
import { beginTransaction } from '../../src/vitest/transaction.ts';
import { describeDatabase } from '../database/restore/describe.ts';
import { programs } from '../database/restore/programs.ts';
import { startTemplateServer, type TemplateServer } from '../database/restore/template-server.ts';

let host: TemplateServer;
beforeAll(async () => {
	host = await startTemplateServer();
});
afterAll(async () => {
	await host?.[Symbol.asyncDispose]();
});

const describe = (database: string) => describeDatabase({ ...host.server.admin, database });

/**
 * What `use` leaves in a new clone: whether that is like a new one then. `use` gets a client that is logged in, and returns
 * how often its user has logged in.
 */
async function leave(use: (sql: Sql, app: Login) => Promise<number>) {
	const database = await host.createClone();
	const app = { ...host.server.app, database };
	const reused = new ReusedDatabase({ ...host.server.admin, database });
	await reused.isLikeNew({ logins: 0 });
	const sql = openClient(app);
	await sql`SELECT pg_stat_force_next_flush()`;
	const logins = await use(sql, app);
	const isLikeNew = await reused.isLikeNew({ logins });
	await sql.end({ timeout: 0 });
	await reused.close();
	return { database, isLikeNew };
}

async function rollBack(sql: Sql, statements: readonly string[]): Promise<boolean> {
	const { client, rollBack } = await beginTransaction(sql);
	for (const statement of statements)
		await client.begin((savepoint) => savepoint.unsafe(statement)).catch(() => {});
	return (await rollBack()).clean;
}

test('a database whose transactions were rolled back has the same catalogs, rows and sequences as the template', async () => {
	const template = await describe(await host.createClone());
	let compared = 0;
	await fc.assert(
		fc.asyncProperty(programs, async (parts) => {
			let clean = false;
			const { database, isLikeNew } = await leave(async (sql) => {
				clean = await rollBack(
					sql,
					parts.flatMap(({ statements }) => statements),
				);
				return 1;
			});
			if (!clean) return;
			compared++;
			expect(isLikeNew).toBe(true);
			expect(await describe(database)).toEqual(template);
		}),
		{ numRuns: 12 },
	);
	expect(compared, 'so few were compared that this says nothing').toBeGreaterThan(3);
});

test('sequences get back values that they were given before they were used', async () => {
	const template = await describe(await host.createClone());
	const { database, isLikeNew } = await leave(async (sql) => {
		await sql`SELECT nextval('cached'), nextval('ticket') FROM generate_series(1, 20)`;
		return 1;
	});
	expect(isLikeNew).toBe(true);
	expect(await describe(database)).toEqual(template);
});

test('a database is not like a new one after, or during, a session that its user did not open', async () => {
	const write = (app: Login) => withClient(app, (other) => other`INSERT INTO parent VALUES (5)`);
	const after = await leave(async (_, app) => {
		await write(app);
		return 1;
	});
	const held = Promise.withResolvers<void>();
	const begun = Promise.withResolvers<void>();
	let ended: Promise<unknown> | undefined;
	const during = await leave(async (_, app) => {
		ended = withClient(app, async () => {
			begun.resolve();
			await held.promise;
		});
		await begun.promise;
		return 2;
	});
	held.resolve();
	await ended;
	expect([after.isLikeNew, during.isLikeNew]).toEqual([false, false]);
});
