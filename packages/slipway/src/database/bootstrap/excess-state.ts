import type { Sql } from 'postgres';
import type { DatabaseSettings } from '../../settings/index.ts';
import { schemasOf } from './contents-state.ts';
import type { Grant } from './grants.ts';
import { grantsIn } from './server-state.ts';

/** What the database's catalogs contain besides `ContentsState`, and bootstrap never grants. */
export interface ExcessState {
	/** The columns of the owner's tables and views that have privileges of their own. */
	readonly columns: readonly ColumnGrants[];
	/** The owner's types and domains whose privileges were changed. */
	readonly types: readonly { readonly name: string; readonly grants: readonly Grant[] }[];
	/** The owner's default privileges for other schemas and other kinds of objects. */
	readonly foreignDefaults: readonly {
		readonly schema: string | null;
		readonly kind: string;
		readonly grants: readonly Grant[];
	}[];
}

export interface ColumnGrants {
	/** As in SQL, as is `column`. */
	readonly table: string;
	readonly column: string;
	/** What the app may do with the whole table. */
	readonly appHas: readonly string[];
	readonly grants: readonly Grant[];
}

/** Needs `search_path = pg_catalog`, like `readContentsState`. */
export async function readExcessState(sql: Sql, { owner, app }: DatabaseSettings): Promise<ExcessState> {
	const [row] = await sql<[{ state: ExcessState }]>`
		WITH
			owner AS (SELECT oid FROM pg_roles WHERE rolname = ${owner}),
			schema AS (${schemasOf(sql)})
		SELECT json_build_object(
			'columns', (
				SELECT coalesce(json_agg(json_build_object(
					'table', format('%I.%I', nspname, relname), 'column', quote_ident(attname),
					'appHas', ARRAY(
						SELECT privilege_type FROM aclexplode(relacl)
						WHERE grantee = (SELECT oid FROM pg_roles WHERE rolname = ${app.username})),
					'grants', ${grantsIn(sql, sql`attacl`, sql`relowner`)})
					ORDER BY nspname, relname, attnum), '[]')
				FROM schema
					JOIN pg_class ON relnamespace = schema.oid
					JOIN pg_attribute ON attrelid = pg_class.oid
				WHERE relowner = (SELECT oid FROM owner) AND attacl IS NOT NULL AND NOT attisdropped),
			'types', (
				SELECT coalesce(json_agg(json_build_object(
					'name', format_type(pg_type.oid, NULL),
					'grants', ${grantsIn(sql, sql`typacl`, sql`typowner`)})
					ORDER BY nspname, typname), '[]')
				FROM schema JOIN pg_type ON typnamespace = schema.oid
				WHERE typowner = (SELECT oid FROM owner) AND typacl IS NOT NULL),
			'foreignDefaults', (
				SELECT coalesce(json_agg(json_build_object(
					'schema', nspname,
					'kind', CASE defaclobjtype
						WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
						WHEN 'T' THEN 'TYPES' ELSE 'LARGE OBJECTS' END,
					'grants', ${grantsIn(sql, sql`defaclacl`, sql`defaclrole`)})
					ORDER BY nspname, defaclobjtype), '[]')
				FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
				WHERE defaclrole = (SELECT oid FROM owner)
					AND (defaclobjtype = 'L' OR nspname NOT IN ('public', 'slipway')))
		) AS state`;
	return row.state;
}
