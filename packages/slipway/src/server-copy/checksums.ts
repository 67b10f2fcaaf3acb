import type { Sql } from 'postgres';
import { selectOf } from './rows.ts';
import { readSequences } from './sequences.ts';
import { readTables, type Table } from './tables.ts';

/** What something is called, and a value that is the same on both servers if it is the same. */
export type Facts = ReadonlyMap<string, string>;

export interface Contents {
	readonly facts: Facts;
	readonly tables: number;
	readonly rows: number;
}

/** All rows, values of sequences and large objects. The session was prepared like that of the other server. */
export async function readContents(sql: Sql): Promise<Contents> {
	const facts = new Map<string, string>();
	const tables = await readTables(sql);
	let all = 0;
	for (const table of [...largeObjects, ...tables]) {
		const { rows, sum } = await checksum(sql, table);
		facts.set(`rows of ${table.name}`, `${rows} ${sum}`);
		if (tables.includes(table)) all += Number(rows);
	}
	for (const { name, value, isCalled } of await readSequences(sql))
		facts.set(`value of ${name}`, `${value} ${isCalled}`);
	return { facts, tables: tables.length, rows: all };
}

const largeObjects: readonly Table[] = [
	{
		name: 'pg_catalog.pg_largeobject_metadata',
		columns: ['oid', 'pg_catalog.pg_get_userbyid(lomowner)', 'lomacl'],
		condition: '',
	},
	{ name: 'pg_catalog.pg_largeobject', columns: ['loid', 'pageno', 'data'], condition: '' },
];

/** The number of rows, and a sum of the hashes of all rows, whatever their order. */
async function checksum(sql: Sql, table: Table): Promise<{ rows: string; sum: string | null }> {
	const [row] = await sql.unsafe<[{ rows: string; sum: string | null }]>(`
		SELECT count(*) AS rows, sum(hashtextextended(t::text, 0)) AS sum FROM (${selectOf(table)}) AS t`);
	return row;
}
