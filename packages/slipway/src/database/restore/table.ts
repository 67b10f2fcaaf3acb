import type { Sql } from 'postgres';
import { quoteLiteral } from '../../sql.ts';

/** A table as it is in the template. */
export interface Table {
	readonly oid: number;
	/** Quoted, with its schema. */
	readonly name: string;
	/** Bytes, with those of long values. */
	readonly size: number;
	/** Rows of `pg_class` for the table, its indexes and its long values. */
	readonly catalog: readonly CatalogRow[];
	/** Undefined if it has none. */
	readonly rows: Rows | undefined;
}

/** By column, as JSON. */
export interface CatalogRow extends Readonly<Record<string, unknown>> {
	readonly oid: string;
	readonly relkind: string;
}

interface Rows {
	/** The columns to fill: those that are not generated. */
	readonly columns: string;
	/** On the server. */
	readonly file: string;
	readonly hash: string;
}

/** Larger ones take longer to fill than a clone takes to create. */
const maxSize = 256 * 1024;

/** Undefined if it cannot be restored. `file`: for its rows, on the server. */
export async function readTable(sql: Sql, oid: number, file: string): Promise<Table | undefined> {
	const [row] = await sql.unsafe<[Row]>(describe, [oid]);
	const { columns, ...table } = { ...row, size: Number(row.size) };
	if (table.size === 0) return { oid, ...table, rows: undefined };
	if (table.size > maxSize || columns === null) return undefined;
	await sql.unsafe(`
		SET LOCAL synchronize_seqscans = off;
		COPY ${table.name} (${columns}) TO ${quoteLiteral(file)} WITH (FORMAT binary)`);
	const [{ hash }] = await sql.unsafe<[{ hash: string }]>(hashOf(table.name));
	return { oid, ...table, rows: { columns, file, hash } };
}

interface Row extends Pick<Table, 'name' | 'catalog'> {
	readonly size: string;
	readonly columns: string | null;
}

const describe = `
	SELECT format('%I.%I', nspname, relname) AS name,
		pg_relation_size(relation.oid) + coalesce(pg_relation_size(nullif(reltoastrelid, 0)), 0) AS size, (
			SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
			WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns, (
			SELECT jsonb_agg(to_jsonb(part) - '{relacl,reloptions,relpartbound}'::text[]) FROM pg_class AS part WHERE oid IN (
				SELECT relation.oid UNION ALL SELECT relation.reltoastrelid UNION ALL
				SELECT indexrelid FROM pg_index WHERE indrelid IN (relation.oid, relation.reltoastrelid))) AS catalog
	FROM pg_class AS relation JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relation.oid = $1`;

/** Of all rows, in their order. */
export const hashOf = (name: string) =>
	`SELECT md5(string_agg(t::text, E'\\n' ORDER BY ctid)) AS hash FROM ONLY ${name} AS t`;
