import { type Connection, withClient } from '../../connection/index.ts';
import { ledgerSchema } from '../migrations/ledger.ts';

export interface Column {
	readonly schema: string;
	readonly table: string;
	readonly name: string;
	/** The name in pg_type: for a domain, of its base type; for an array, of its elements. */
	readonly type: string;
	readonly isArray: boolean;
	/** The labels of an enum. */
	readonly labels: readonly string[] | null;
	/** False for every column of a view, because PostgreSQL does not know. */
	readonly notNull: boolean;
}

/** The columns of all of the project's tables and views, except partitions, in order. */
export async function readColumns(connection: Connection): Promise<readonly Column[]> {
	return await withClient(
		connection,
		(sql) => sql<Column[]>`
			WITH RECURSIVE base AS (
				SELECT oid, oid AS base, typnotnull AS not_null FROM pg_type WHERE typtype <> 'd'
				UNION ALL
				SELECT domain.oid, base.base, base.not_null OR domain.typnotnull
				FROM pg_type AS domain JOIN base ON base.oid = domain.typbasetype
				WHERE domain.typtype = 'd'
			)
			SELECT
				namespace.nspname AS schema,
				class.relname AS table,
				attribute.attname AS name,
				coalesce(element.typname, type.typname) AS type,
				element.oid IS NOT NULL AS "isArray",
				(SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum
					WHERE enumtypid = coalesce(element.oid, type.oid)) AS labels,
				attribute.attnotnull OR base.not_null AS "notNull"
			FROM pg_class AS class
				JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
				JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
				JOIN base ON base.oid = attribute.atttypid
				JOIN pg_type AS type ON type.oid = base.base
				LEFT JOIN pg_type AS element ON element.typarray = type.oid
			WHERE class.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT class.relispartition
				AND attribute.attnum > 0 AND NOT attribute.attisdropped
				AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', ${ledgerSchema})
				AND NOT EXISTS (SELECT FROM pg_depend
					WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = 'e')
			ORDER BY namespace.nspname COLLATE "C", class.relname COLLATE "C", attribute.attnum`,
	);
}
