import { afterAll, beforeAll, expect, test } from 'vitest';
import { learnArrays, withClient } from '../../../src/connection/index.ts';
import { writeRowTypes } from '../../../src/database/row-types/index.ts';
import { type PreparedServer, startPostgres } from '../../../src/start-postgres.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startPostgres({ migrations: false });
	await withClient(server.migrator, (sql) =>
		sql.unsafe(`
			CREATE TYPE mood AS ENUM ('sad', 'it''s');
			CREATE DOMAIN code AS text NOT NULL;
			CREATE DOMAIN amount AS int;
			CREATE DOMAIN list AS float8[];
			CREATE TYPE pair AS (a int, b text);
			CREATE TABLE everything (
				id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
				small smallint NOT NULL, whole int, ratio double precision NOT NULL, price numeric(10, 2) NOT NULL,
				day date NOT NULL, at timestamptz NOT NULL, local timestamp, clock time, span interval,
				doc jsonb NOT NULL, note json, tags text[] NOT NULL, numbers int[], moods mood[], days date[],
				amounts amount[], list list,
				mood mood NOT NULL, maybe mood, code code, amount amount, pair pair, span4 int4range,
				raw bytea NOT NULL, uuid uuid, ok boolean NOT NULL, twice int GENERATED ALWAYS AS (small * 2) STORED,
				"a name" char(2), ip inet
			);
			CREATE TABLE parted (id int NOT NULL) PARTITION BY RANGE (id);
			CREATE TABLE part_one PARTITION OF parted DEFAULT;
			CREATE VIEW short_view AS SELECT id, mood FROM everything;
			CREATE SCHEMA other; CREATE TABLE other.user_name (id int NOT NULL);
			INSERT INTO everything (small, whole, ratio, price, day, at, local, clock, span, doc, note, tags, numbers, moods,
				days, amounts, list, mood, maybe, code, amount, pair, span4, raw, uuid, ok, "a name", ip)
			VALUES (1, 2, 1.5, 1.50, '2026-01-02', now(), now(), '12:00', '1 day', '{"a": [1]}', '{"b": 1}', '{a,b}', '{1}', '{sad}',
				'{2026-01-02}', '{7}', '{1.5}', 'sad', 'sad', 'x', 3, '(1,x)', '[1,2)', 'abc', gen_random_uuid(), true, 'ab', '::1')`),
	);
});
afterAll(() => server[Symbol.asyncDispose]());

const written = async () => await writeRowTypes(server.migrator);

test('there is an interface for each table and view, and none for a partition', async () => {
	const names = [...(await written()).matchAll(/interface (\w+)/g)].map(([, name]) => name);
	expect(names).toEqual(['OtherUserNameRow', 'EverythingRow', 'PartedRow', 'ShortViewRow']);
});

test('each column has the type that the client returns', async () => {
	const text = (await written()).match(/interface EverythingRow \{\n([^}]*)\}/)?.[1] ?? '';
	const types = Array.from(text.matchAll(/readonly '?([^':]+)'?: (.*);/g), ([, name, type]) => [name, type]);
	const [row = {}] = await withClient(server.migrator, async (sql) => {
		await learnArrays(sql);
		return await sql`SELECT * FROM everything`;
	});
	const given = Object.entries(row).map(([name, value]) => [name, typeNameOf(value)]);
	const read = types.map(([name, type = '']) => [name, wide(type)]);
	expect(read).toEqual(given);
});

/** The name of its TypeScript type. */
function typeNameOf(value: unknown): string {
	if (value instanceof Date) return 'Date';
	if (Buffer.isBuffer(value)) return 'Buffer';
	if (Array.isArray(value)) return `${typeNameOf(value[0])}[]`;
	return typeof value === 'object' ? 'unknown' : typeof value;
}

/** Without null, and with string instead of an enum's labels. */
function wide(type: string): string {
	return type.replace(' | null', '').replace(/^\(?'.*?(\[\])?$/, 'string$1');
}

test('columns, domains and views that may be null have a nullable type', async () => {
	const text = await written();
	expect(text).toMatch(/readonly price: string;\n/);
	expect(text).toMatch(/readonly whole: number \| null;\n/);
	expect(text).toMatch(/readonly code: string;\n/);
	expect(text).toMatch(/readonly amount: number \| null;\n/);
	expect(text).toMatch(/readonly twice: number \| null;\n/);
	expect(text).toMatch(/readonly doc: unknown;\n/);
	expect(text).toMatch(/readonly tags: string\[\];\n/);
	expect(text).toMatch(/readonly moods: \('sad' \| "it's"\)\[\] \| null;\n/);
	expect(text).toMatch(
		/ShortViewRow \{\n\treadonly id: string \| null;\n\treadonly mood: 'sad' \| "it's" \| null;\n/,
	);
});

test('two tables that would share a name are rejected', async () => {
	await using own = await startPostgres({ migrations: false });
	await withClient(own.migrator, (sql) =>
		sql.unsafe('CREATE TABLE a_b (); CREATE TABLE "a-b" (id int); ALTER TABLE a_b ADD id int'),
	);
	await expect(writeRowTypes(own.migrator)).rejects.toMatchObject({
		code: 'row-types-collide',
		message: "the tables 'public.a-b' and 'public.a_b' would both be ABRow in TypeScript",
	});
});
