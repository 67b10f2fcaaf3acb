import { type Connection, withClient } from '../../../src/connection/index.ts';
import { quoteLiteral } from '../../../src/sql.ts';

/**
 * What a database contains: a hash of each catalog, and the rows of each table in their order, by its name. Without what
 * PostgreSQL numbers as it likes: files and transactions.
 */
export async function describeDatabase(
	connection: Connection,
): Promise<Readonly<Record<string, string | null>>> {
	return await withClient(connection, async (sql) => {
		const relations = await sql<{ name: string; kind: string; isCatalog: boolean }[]>`
			SELECT oid::regclass::text AS name, relkind AS kind, oid < 16384 AS "isCatalog" FROM pg_class
			WHERE relkind IN ('r', 'm', 'S') AND NOT relisshared AND relpersistence <> 't' ORDER BY oid`;
		const queries = relations.map(({ name, kind, isCatalog }) => {
			const order = isCatalog ? textOf(name, kind) : 'ctid';
			const rows = `string_agg(${textOf(name, kind)}, E'\\n' ORDER BY ${order})`;
			return `SELECT ${quoteLiteral(name)} AS name, ${isCatalog ? `md5(${rows})` : rows} AS rows FROM ONLY ${name} AS t`;
		});
		const rows = await sql.unsafe<{ name: string; rows: string | null }[]>(queries.join(' UNION ALL '));
		return Object.fromEntries(rows.map(({ name, rows: contents }) => [name, contents]));
	});
}

function textOf(name: string, kind: string): string {
	if (kind === 'S') return '(last_value, is_called)::text';
	if (name === 'pg_class') return `(to_jsonb(t) - '{relfilenode,relfrozenxid,relminmxid}'::text[])::text`;
	return 't::text';
}
