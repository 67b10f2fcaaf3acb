import fc from 'fast-check';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtinArrays } from '../../src/connection/builtin-arrays.ts';
import { learnArrays, openClient, withClient } from '../../src/connection/index.ts';
import type { PostgresServer } from '../../src/postgres/index.ts';
import { startTestServer } from '../helpers/server.ts';

let server: PostgresServer;
let sql: Sql;
beforeAll(async () => {
	server = await startTestServer();
	sql = openClient(server.admin);
});
afterAll(async () => {
	await sql.end();
	await server[Symbol.asyncDispose]();
});

test("the table of built-in arrays matches the server's, without the row types of its catalogs", async () => {
	const rows = await sql<{ element: number; array: number }[]>`
		SELECT oid AS element, typarray AS array FROM pg_type
		WHERE typarray <> 0 AND oid < 10000 AND typarray < 10000 AND typrelid = 0 ORDER BY oid`;
	const found = rows.map(({ element, array }) => [element, array]);
	expect(builtinArrays).toEqual(expect.arrayContaining(found));
	expect(found).toEqual(expect.arrayContaining(builtinArrays.filter(([element]) => element < 4191)));
});

const words = fc.array(
	fc.option(
		fc.oneof(
			fc.string({ unit: 'grapheme', maxLength: 8 }),
			fc.constantFrom('', 'NULL', 'null', '{', '}', ',', ';', '"', '\\', ' a ', '\n', '[0:1]={1}', "'"),
		),
	),
	{ minLength: 1, maxLength: 6 },
);
const printable = (list: readonly (string | null)[]) => list.every((item) => !item?.includes('\0'));

test('any array of texts comes back as it was sent', async () => {
	await fc.assert(
		fc.asyncProperty(words.filter(printable), async (list) => {
			expect(await sql`SELECT ${list}::text[] AS list`).toEqual([{ list }]);
			expect(await sql`SELECT ${[list, list]}::text[] AS list`).toEqual([{ list: [list, list] }]);
		}),
	);
});

test.each<[type: string, list: unknown[]]>([
	['int[]', [1, null, -2]],
	['int[]', []],
	['int8[]', ['9007199254740993']],
	['float8[]', [0.5, 1e300]],
	['jsonb[]', [{ a: '}"' }, { b: 1 }]],
	['int[]', [[1], [2]]],
	['box[]', ['(1,1),(0,0)', '(2,2),(1,1)']],
	['uuid[]', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
])('%s sends and receives %j', async (type, list) => {
	expect(await sql`SELECT ${list as never}::${sql.unsafe(type)} AS list`).toEqual([{ list }]);
});

test.each([
	['boolean[]', [true, false]],
	['timestamptz[]', [new Date('2001-02-03T04:05:06.789Z')]],
	['bytea[]', [Buffer.from([0, 255])]],
	['text[]', ['a', 'b']],
])('sql.array sends a %s with its values and its type', async (type, list) => {
	const array = sql.array(list as never);
	expect(await sql`SELECT ${array} AS list, pg_typeof(${array})::regtype::text AS type`).toMatchObject([
		{ list, type: type.replace('timestamptz', 'timestamp with time zone') },
	]);
});

test('an array that does not begin at 1 is read', async () => {
	expect(await sql`SELECT '[0:1]={1,2}'::int[] AS list`).toEqual([{ list: [1, 2] }]);
});

test('an undefined element is refused, as an undefined parameter is', async () => {
	await expect(sql`SELECT ${[undefined] as never}::text[]`).rejects.toMatchObject({
		code: 'UNDEFINED_VALUE',
	});
});

test("arrays of a database's own types are texts to a client that has not learned them, by itself or from another", async () => {
	await withClient(server.admin, async (client) => {
		await client`CREATE TYPE mood AS ENUM ('calm', 'wild')`;
		const list = ['calm', 'wild'];
		const select = (on: Sql) => on`SELECT ARRAY['calm', 'wild']::mood[] AS list`;
		expect(await select(client)).toEqual([{ list: '{calm,wild}' }]);
		const arrays = await learnArrays(client);
		expect(await client`SELECT ${list}::mood[] AS list`).toEqual([{ list }]);
		await withClient(server.admin, async (other) => expect(await select(other)).toEqual([{ list }]), {
			arrays,
		});
	});
});
