import type { Sql } from 'postgres';

/** An index that a CREATE INDEX CONCURRENTLY left behind when it failed or was cut off. */
export interface InvalidIndex {
	readonly name: string;
	readonly table: string;
}

/** The names are quoted where SQL wants that. Nobody says so where the database does not answer. */
export async function invalidIndexes(sql: Sql): Promise<readonly InvalidIndex[]> {
	return await sql<InvalidIndex[]>`
		SELECT indexrelid::regclass::text AS name, indrelid::regclass::text AS "table"
		FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
		WHERE NOT indisvalid AND relkind = 'i' AND NOT EXISTS (
			SELECT FROM pg_catalog.pg_stat_progress_create_index WHERE index_relid = indexrelid
		)
		ORDER BY name`.catch(() => []);
}
