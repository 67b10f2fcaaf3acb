import { expect, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { startEmbedded } from '../../src/postgres/index.ts';
import { compareDatabase, compareGlobals } from '../../src/server-copy/compare.ts';
import { readGlobals } from '../../src/server-copy/globals.ts';
import { copyServer } from '../../src/server-copy/index.ts';
import { copyBetween } from '../../src/server-copy/rows.ts';
import { readSchema } from '../../src/server-copy/schema.ts';
import { inDatabase, startFilledServer, startTarget } from './servers.ts';

test.each([
	[15, 18],
	[16, 17],
	[17, 18],
] as const)(
	'a server of PostgreSQL %i is copied to PostgreSQL %i with everything in it',
	async (version, later) => {
		const from = await startFilledServer(version);
		const target = await startTarget(from, later);
		expect(await copyServer(target)).toEqual([
			{ name: 'closed', tables: 1, rows: 1 },
			{ name: 'postgres', tables: 0, rows: 0 },
			{ name: 'shop', tables: 7, rows: 108 },
			{ name: 'template1', tables: 0, rows: 0 },
		]);
		const { to } = target;
		await withClient({ ...to, database: 'shop' }, async (sql) => {
			await sql`SET search_path = sales`;
			expect([...(await sql`SELECT * FROM totals`)]).toEqual([{ items: '102' }]);
			expect([...(await sql`SELECT nextval('ticket') AS ticket`)]).toEqual([{ ticket: '110' }]);
			expect([...(await sql`SELECT doubled, lasts::text, ratio, raw FROM item WHERE id = 1`)]).toEqual([
				{
					doubled: '3.00',
					lasts: '1 year -2 days +00:00:01.5',
					ratio: 0.30000000000000004,
					raw: Buffer.from([0, 255]),
				},
			]);
			await expect(sql`INSERT INTO item (name) VALUES ('')`).rejects.toThrow('must not fire');
			expect([...(await sql`SELECT convert_from(lo_get(4711), 'utf8') AS text`)]).toEqual([
				{ text: 'a large object' },
			]);
		});
		const ann = { ...to, username: "Ann O'Hara", password: 'for ann', database: 'shop' };
		expect([...(await withClient(ann, (sql) => sql`SHOW search_path`))]).toEqual([
			{ search_path: 'sales, "Has ""quotes"""' },
		]);
		for (const server of [from, to])
			await expect(withClient({ ...server, database: 'closed' }, async () => {})).rejects.toThrow(
				'not currently accepting connections',
			);
	},
);

test('the comparison names all that differs, and no values', async () => {
	const from = await startFilledServer(17);
	const target = await startTarget(from);
	await copyServer(target);
	const { to, project } = target;
	const shop = { name: 'shop', encoding: 'UTF8' };
	const schema = await readSchema({ ...from, database: 'shop' }, project);
	const globals = await withClient(from, readGlobals);
	const differences = async (compare: () => Promise<unknown>) => {
		const error = await compare().then(
			() => undefined,
			(reason: Error & { code: string }) => reason,
		);
		expect(error).toMatchObject({ code: 'copy-differs' });
		return error?.message.split(/original: |; /).slice(1);
	};

	await inDatabase(
		to,
		'shop',
		`
		INSERT INTO sales.event VALUES ('2026-06-01', 3);
		INSERT INTO sales.child VALUES (4, 5);
		SELECT nextval('sales.ticket'), lo_put(4711, 0, 'b')`,
	);
	expect(await differences(() => compareDatabase(target, shop, schema))).toEqual([
		'rows of pg_catalog.pg_largeobject',
		'rows of sales.child',
		'rows of sales.event_2026',
		'value of sales.ticket',
	]);

	await inDatabase(
		to,
		'postgres',
		`ALTER ROLE readers PASSWORD 'another'; REVOKE pg_read_all_stats FROM readers`,
	);
	expect(await differences(() => compareGlobals(globals, to))).toEqual([
		'the role "readers"',
		expect.stringMatching(/^GRANT pg_read_all_stats TO readers /),
	]);

	await inDatabase(
		to,
		'shop',
		`
		REVOKE UPDATE (name) ON sales.item FROM readers;
		DROP INDEX sales.item_name;
		COMMENT ON DATABASE shop IS 'other'`,
	);
	expect(await differences(() => compareDatabase(target, shop, schema))).toEqual([
		expect.stringContaining('COMMENT ON DATABASE shop IS \'{"note"'),
		expect.stringContaining('GRANT SELECT(name),UPDATE(name)'),
		'INDEX sales.item_name, owned by postgres',
		"COMMENT ON DATABASE shop IS 'other';",
		expect.stringContaining('GRANT SELECT(name)'),
	]);
});

test('rows that the other server refuses at the end are an error', async () => {
	await using server = await startEmbedded();
	await inDatabase(server.admin, 'postgres', 'CREATE TABLE single (id int UNIQUE)');
	const twice = '(SELECT 1 FROM generate_series(1, 2))';
	await withClient(server.admin, (from) =>
		withClient(server.admin, async (to) => {
			await expect(copyBetween({ from, to }, twice, 'single')).rejects.toMatchObject({ code: '23505' });
			expect([...(await to`SELECT FROM single`)]).toEqual([]);
		}),
	);
});

test('what another server cannot take over is listed before anything is copied', async () => {
	const from = await startFilledServer(17);
	const target = await startTarget(from);
	await inDatabase(from, 'shop', `BEGIN; CREATE TABLE pending (); PREPARE TRANSACTION 'left open'`);
	await inDatabase(from, 'postgres', `SELECT pg_create_physical_replication_slot('standby')`);
	await expect(copyServer(target)).rejects.toMatchObject({
		code: 'not-movable',
		message: expect.stringMatching(/transaction 'left open' .* "shop"; the replication slot "standby"/),
		hint: expect.stringContaining("ROLLBACK PREPARED 'left open'"),
	});
	// As an interrupted DROP DATABASE leaves it.
	const limitClosed = (limit: number) =>
		inDatabase(from, 'postgres', `UPDATE pg_database SET datconnlimit = ${limit} WHERE datname = 'closed'`);
	await limitClosed(-2);
	await expect(copyServer(target)).rejects.toMatchObject({
		code: 'not-movable',
		message: expect.stringContaining('an interrupted DROP DATABASE has left "closed"'),
	});
	await limitClosed(-1);
	await inDatabase(from, 'shop', `ROLLBACK PREPARED 'left open'`);
	await inDatabase(from, 'postgres', `SELECT pg_drop_replication_slot('standby')`);
	await inDatabase(
		from,
		'shop',
		`SET allow_system_table_mods = on; UPDATE pg_extension SET extname = 'postgis' WHERE extname = 'hstore'`,
	);
	await expect(copyServer(target)).rejects.toMatchObject({
		code: 'not-movable',
		message: expect.stringContaining('lacks the extension "postgis", which the database "shop" uses'),
	});
});

test('an object that the new version refuses is named', async () => {
	const from = await startFilledServer(16);
	await inDatabase(from, 'shop', 'CREATE VIEW public.old AS SELECT checkpoints_timed FROM pg_stat_bgwriter');
	await expect(copyServer(await startTarget(from))).rejects.toMatchObject({
		code: 'object-not-copied',
		message: expect.stringMatching(
			/"shop": column pg_stat_bgwriter.checkpoints_timed does not exist|checkpoints_timed/,
		),
	});
});
