import { expect, test } from 'vitest';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

const fixtures = ['test', 'databaseTest', 'transactionTest'];

/** Runs a test file with this body for each fixture in `fixtures`. */
async function runFiles(fixtures: readonly string[], body: string): Promise<string> {
	const files = fixtures.map((fixture) => [
		`${fixture}.test.ts`,
		`
			import { drizzle } from 'drizzle-orm/postgres-js';
			import { integer, jsonb, pgTable, timestamp } from 'drizzle-orm/pg-core';
			import { expect, vi } from 'vitest';
			import { ${fixture} as test } from 'slipway/vitest';
			const event = pgTable('event', { id: integer().primaryKey(), at: timestamp({ withTimezone: true }), data: jsonb() });
			${body}`,
	]);
	const project = makeProject({
		...Object.fromEntries(files),
		'migrations/20260102000000000_create-event.sql': `
			-- Up Migration
			CREATE TABLE event (id int PRIMARY KEY, at timestamptz, data jsonb);
			-- Down Migration
			DROP TABLE event;`,
	});
	const { stdout, stderr } = await runVitest(project, ['--reporter=verbose']);
	return `${stdout}\n${stderr}`;
}

/** Checks dates, JSON and arrays of dates on a plain client, with the same statements in every test. */
const plain = `
	const date = new Date('2026-01-02T03:04:05Z');
	const expectPlain = async (sql) => {
		const [row] = await sql\`SELECT \${date}::timestamptz AS at, \${sql.json({ a: 1 })}::jsonb->>'a' AS a,
			\${sql.array([date])} AS list\`;
		expect(row).toEqual({ at: date, a: '1', list: [date] });
	};
	const expectDrizzle = async (sql) => {
		const db = drizzle({ client: sql });
		await db.insert(event).values({ id: 1, at: date, data: { a: 1 } });
		expect(await db.select().from(event)).toEqual([{ id: 1, at: date, data: { a: 1 } }]);
		const raw = await sql\`SELECT data->>'a' AS a, at FROM event\`;
		expect(raw).toEqual([{ a: '1', at: expect.any(String) }]);
		await sql\`DELETE FROM event\`;
	};`;

test('Drizzle on the client of one test does not affect other tests, at every isolation level', async () => {
	const output = await runFiles(
		fixtures,
		`${plain}
		test('drizzle first', async ({ sql }) => expectDrizzle(sql));
		for (const round of [1, 2, 3]) {
			test('plain ' + round, async ({ sql }) => {
				await expectPlain(sql);
				await sql\`INSERT INTO event (id, at) VALUES (1, \${date})\`;
				expect(await sql\`SELECT data->>'a' AS a, at FROM event\`).toEqual([{ a: null, at: date }]);
				await sql\`DELETE FROM event\`;
			});
			test('drizzle ' + round, async ({ sql }) => expectDrizzle(sql));
		}
		test('plain at the end', async ({ sql }) => expectPlain(sql));`,
	);
	expect(output).toMatch(/Tests +24 passed/);
});

test('changes of a test to its client and the options are reverted, at every isolation level', async () => {
	const output = await runFiles(
		fixtures,
		`let fresh;
		const look = (sql) => ({
			own: Object.keys(sql).sort(),
			options: Object.entries(sql.options)
				.filter(([key]) => !['database', 'fetch_types'].includes(key))
				.map(([key, value]) => [key, ['object', 'function'].includes(typeof value) ? typeof value : value]),
			transform: { ...sql.options.transform.column, ...sql.options.transform.value, ...sql.options.transform.row },
			connection: { ...sql.options.connection },
		});
		test('looks', async ({ sql }) => { fresh = look(sql); });
		test('changes', async ({ sql }) => {
			Object.assign(sql.options, { prepare: false, debug: () => {}, onclose: () => {}, mine: 1 });
			sql.options.transform.undefined = null;
			sql.options.transform.column.from = (name) => name.toUpperCase();
			sql.options.connection.application_name = 'mine';
			sql.options.parsers[23] = (text) => 'number ' + text;
			delete sql.options.serializers[3802];
			sql.mine = true;
			vi.spyOn(sql, 'unsafe').mockResolvedValue('mocked');
			expect(await sql\`SELECT 1 AS one\`).toEqual([{ ONE: 'number 1' }]);
		});
		test('finds no changes', async ({ sql }) => {
			expect(look(sql)).toEqual(fresh);
			expect(await sql\`SELECT 1 AS one\`).toEqual([{ one: 1 }]);
			expect(await sql.unsafe('SELECT 1 AS one')).toEqual([{ one: 1 }]);
			await expect((async () => sql\`SELECT \${undefined}::int\`)()).rejects.toThrow('UNDEFINED_VALUE');
		});`,
	);
	expect(output).toMatch(/Tests +9 passed/);
});

test('changes of a hook to the client apply to all tests of the file, for `test`', async () => {
	const output = await runFiles(
		['test'],
		`let db;
		test.beforeAll(async ({ sql }) => { db = drizzle({ client: sql }); });
		for (const id of [1, 2])
			test('writes JSON ' + id, async ({ sql }) => {
				await db.insert(event).values({ id, data: { a: 1 } });
				expect(await sql\`SELECT data->>'a' AS a FROM event WHERE id = \${id}\`).toEqual([{ a: '1' }]);
			});`,
	);
	expect(output).toMatch(/Tests +2 passed/);
});

test('a client that several tests use prepares a statement once', async () => {
	const output = await runFiles(
		['transactionTest'],
		`for (const round of [1, 2])
			test('prepares ' + round, async ({ sql }) => {
				for (const each of [1, 2]) await sql\`SELECT \${each}::int\`;
				const prepared = await sql\`SELECT FROM pg_prepared_statements WHERE statement = 'SELECT $1::int'\`;
				expect(prepared).toHaveLength(1);
			});`,
	);
	expect(output).toMatch(/Tests +2 passed/);
});
