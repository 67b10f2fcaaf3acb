import { expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { identityOf, type OwnSnapshots } from './own-snapshots.ts';

/**
 * What holds for servers from snapshots of every provider. `open` creates the folders for the running test.
 */
export function testSnapshots(open: () => OwnSnapshots): void {
	test('is a copy with working logins, and does not contain what was written to another', async () => {
		const own = open();
		await using first = await own.start();
		await withClient(first.app, (sql) => sql`INSERT INTO fruit VALUES ('apple')`);
		await using second = await own.start();
		expect(await identityOf(second)).toBe(await identityOf(first));
		expect(second.app.port).not.toBe(first.app.port);
		expect(await withClient(second.app, (sql) => sql`SELECT * FROM fruit`)).toEqual([]);
		const [row] = await withClient(second.migrator, (sql) => sql`SELECT session_user AS name`);
		expect(row).toEqual({ name: 'app_migrator' });
		expect(await own.kept()).toHaveLength(1);
	});

	test('can be one of twenty that start at once, and contains nothing that was written to another', async () => {
		expect(await startTwenty(open())).toEqual(Array.from({ length: 20 }, (_, number) => `fruit ${number}`));
	});

	test('has its last checkpoint even if a setting keeps old WAL files', async () => {
		const own = open();
		const options = {
			settings: { wal_keep_size: '64MB' },
			seed: 'INSERT INTO fruit SELECT n::text FROM generate_series(1, 20000) AS n',
		};
		await using first = await own.start(options);
		await using second = await own.start(options);
		expect(await withClient(second.app, (sql) => sql`SELECT count(*)::int FROM fruit`)).toEqual([
			{ count: 20_000 },
		]);
		expect(await identityOf(second)).toBe(await identityOf(first));
	});

	test('is as intact as a new one: PostgreSQL finds no errors in its indexes and pages', async () => {
		await using server = await open().start({ extensions: ['amcheck'] });
		const checked = await withClient({ ...server.admin, database: 'app' }, async (sql) => {
			await sql`VACUUM`;
			return await sql`
				SELECT bt_index_check(index => indexrelid, heapallindexed => true) FROM pg_index
				JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam AND amname = 'btree'
				WHERE relpersistence = 'p'`;
		});
		expect(checked.length).toBeGreaterThan(100);
		const [row] = await withClient(
			server.admin,
			(sql) =>
				sql`SELECT current_setting('data_checksums') AS checksums, current_setting('server_version_num')::int AS version`,
		);
		// On by default from PostgreSQL 18 on.
		expect(row?.checksums).toBe(row?.version >= 180_000 ? 'on' : 'off');
	});
}

/** Starts twenty servers at once, writes a different value to each, and resolves with what each contains. */
async function startTwenty(own: OwnSnapshots): Promise<string[]> {
	await using servers = new AsyncDisposableStack();
	const started = await Promise.all(
		Array.from({ length: 20 }, async () =>
			servers.use(await own.start({ settings: { max_connections: '10' } })),
		),
	);
	return await Promise.all(
		started.map(({ app }, number) =>
			withClient(app, async (sql) => {
				await sql`INSERT INTO fruit VALUES (${`fruit ${number}`})`;
				const rows = await sql<{ name: string }[]>`SELECT name FROM fruit`;
				return rows.map(({ name }) => name).join();
			}),
		),
	);
}
