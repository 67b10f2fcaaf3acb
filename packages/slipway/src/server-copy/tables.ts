import type { Sql } from 'postgres';

/** A table with rows of its own. */
export interface Table {
	/** With its schema, quoted. */
	readonly name: string;
	/** What COPY and SELECT read, quoted: no generated columns, which the other server computes. */
	readonly columns: readonly string[];
	/** Of the rows that are not created with the table's extension; empty for all. */
	readonly condition: string;
}

/** Partitioned tables have no rows of their own. Of an extension's tables, only those that it names contain user data. */
export async function readTables(sql: Sql): Promise<Table[]> {
	return await sql<Table[]>`
		WITH configuration AS (
			SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension
		)
		SELECT format('%I.%I', nspname, relname) AS name, coalesce(condition, '') AS condition, ARRAY(
			SELECT quote_ident(attname) FROM pg_attribute
			WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
		)::text[] AS columns
		FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN configuration ON configuration.oid = c.oid
		WHERE relkind = 'r' AND relpersistence <> 't' AND ${isOwn(sql)}
		ORDER BY 1`;
}

/** Whether the relation `c` in the schema `n` is neither PostgreSQL's nor made by an extension. */
export const isOwn = (sql: Sql) => sql`
	nspname !~ '^pg_' AND nspname <> 'information_schema' AND (
		NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
		OR c.oid IN (SELECT unnest(extconfig) FROM pg_extension))`;
