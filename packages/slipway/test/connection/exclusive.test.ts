import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClient, withClient, withExclusiveClient } from '../../src/connection/index.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { describeWithPgBouncer, startPgBouncer } from '../helpers/pgbouncer.ts';
import { startTestDatabase } from '../helpers/server.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase();
});
afterAll(() => server[Symbol.asyncDispose]());

const lock = 4711;

/** How many sessions of the database hold the advisory lock. */
const locks = () =>
	withClient(server.app, async (sql) => {
		const rows = await sql`SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${lock}`;
		return rows.length;
	});

describe('a client that needs a session of its own', () => {
	test('gets one on a direct connection', async () => {
		const held = await withExclusiveClient(server.app, async (sql) => {
			await sql`SELECT pg_advisory_lock(${lock})`;
			return await locks();
		});
		expect(held).toBe(1);
	});

	describeWithPgBouncer('behind PgBouncer', () => {
		test('gets one in session mode, and leaves neither locks nor settings in it', async () => {
			await using pooler = await startPgBouncer([server.app], 'session', { server_reset_query: '' });
			const app = pooler.through(server.app);
			const used = async () => {
				await withExclusiveClient(app, async (sql) => {
					await sql`SELECT pg_advisory_lock(${lock})`;
					await sql`SET search_path = elsewhere`;
					throw new Error('the work fails');
				});
			};
			await expect(used()).rejects.toThrow('the work fails');
			expect(await locks()).toBe(0);
			await withClient(app, async (sql) => {
				expect(await sql`SHOW search_path`).not.toEqual([{ search_path: 'elsewhere' }]);
				expect(await sql`SELECT pg_listening_channels()`).toEqual([]);
			});
		});

		test.each(['transaction', 'statement'] as const)('is refused in %s mode', async (mode) => {
			await using pooler = await startPgBouncer([server.app], mode);
			const used = withExclusiveClient(pooler.through(server.app), () => Promise.reject(new Error('used')));
			await expect(used).rejects.toMatchObject({
				code: 'session-shared',
				hint: expect.stringMatching(/DB_MIGRATOR_HOST .*session mode/),
			});
		});

		test('is refused in transaction mode while other clients keep the pool busy', async () => {
			await using pooler = await startPgBouncer([server.app], 'transaction', { server_round_robin: '1' });
			const app = pooler.through(server.app);
			const others = openClient(app, { max: 4, prepare: false });
			let busy = true;
			const work = Array.from({ length: 4 }, async () => {
				while (busy) await others`SELECT pg_sleep(0.001)`;
			});
			try {
				const used = withExclusiveClient(app, () => Promise.reject(new Error('used')));
				await expect(used).rejects.toMatchObject({ code: 'session-shared' });
			} finally {
				busy = false;
				await Promise.all(work);
				await others.end();
			}
		});
	});
});
