import type { Fragment, Sql } from 'postgres';
import type { DatabaseSettings } from '../../settings/index.ts';
import { creatorsOfLargeObjects, type DefaultKind, type Grant, type Kind } from './grants.ts';
import { grantsIn } from './server-state.ts';

/** What the database's own catalogs contain. */
export interface ContentsState {
	/** `public` and `slipway`, if they exist, and the owner's schemas. */
	readonly schemas: readonly SchemaState[];
	/** The owner's default privileges. Where there is no entry, PostgreSQL's built-in defaults apply. */
	readonly defaults: readonly DefaultGrants[];
	/** The owner's objects in these schemas. */
	readonly objects: readonly ObjectState[];
	/** Who may call the functions that create large objects. */
	readonly largeObjectCreators: LargeObjectCreators;
	/**
	 * The number of tables, views and sequences, in any schema, that belong neither to the owner nor to an
	 * extension.
	 */
	readonly foreignObjects: number;
}

export interface SchemaState {
	readonly name: string;
	readonly owner: string;
	/** Its privileges were never changed, neither by GRANT or REVOKE nor by default privileges. */
	readonly untouched: boolean;
	readonly grants: readonly Grant[];
}

export interface LargeObjectCreators {
	/** PUBLIC may call at least one of them. */
	readonly public: boolean;
	/** The owner has a grant on all of them. */
	readonly owner: boolean;
}

export interface DefaultGrants {
	/** `null` if it applies to every schema. */
	readonly schema: string | null;
	readonly kind: DefaultKind;
	readonly grants: readonly Grant[];
}

export interface ObjectState {
	readonly schema: string;
	readonly kind: Exclude<Kind, 'SCHEMAS'>;
	/** As in SQL, such as `public.counter` or `public.add(integer,integer)`. */
	readonly name: string;
	readonly grants: readonly Grant[];
	/** The app has a privilege on some of its columns. */
	readonly columnGrants: boolean;
}

/** A database just created from `template0`. */
export const freshContents: ContentsState = {
	schemas: [
		{
			name: 'public',
			owner: 'pg_database_owner',
			untouched: false,
			grants: [{ grantee: null, privilege: 'USAGE', grantable: false }],
		},
	],
	defaults: [],
	objects: [],
	largeObjectCreators: { public: true, owner: false },
	foreignObjects: 0,
};

/** `public` and `slipway`, and the schemas of the CTE `owner`. */
export const schemasOf = (sql: Sql): Fragment => sql`
	SELECT * FROM pg_namespace
	WHERE nspname IN ('public', 'slipway') OR (
		nspowner = (SELECT oid FROM owner) AND NOT nspname ^@ 'pg_'
		AND NOT EXISTS (
			SELECT FROM pg_depend
			WHERE classid = 'pg_namespace'::regclass AND objid = pg_namespace.oid AND deptype = 'e'))
	ORDER BY nspname`;

/** Needs `search_path = pg_catalog`, so that type names come out qualified. */
export async function readContentsState(sql: Sql, { owner, app }: DatabaseSettings): Promise<ContentsState> {
	const [row] = await sql<[{ state: ContentsState }]>`
		WITH
			owner AS (SELECT oid FROM pg_roles WHERE rolname = ${owner}),
			app AS (SELECT oid FROM pg_roles WHERE rolname = ${app.username}),
			schema AS (${schemasOf(sql)})
		SELECT json_build_object(
			'schemas', (
				SELECT coalesce(json_agg(json_build_object(
					'name', nspname, 'owner', pg_get_userbyid(nspowner), 'untouched', nspacl IS NULL,
					'grants', ${grantsIn(sql, sql`coalesce(nspacl, acldefault('n', nspowner))`, sql`nspowner`)})), '[]')
				FROM schema),
			'defaults', (
				SELECT coalesce(json_agg(json_build_object(
					'schema', nspname,
					'kind', CASE defaclobjtype
						WHEN 'n' THEN 'SCHEMAS' WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END,
					'grants', ${grantsIn(sql, sql`defaclacl`, sql`defaclrole`)})), '[]')
				FROM owner
					JOIN pg_default_acl ON defaclrole = owner.oid
					LEFT JOIN schema ON schema.oid = defaclnamespace
				WHERE defaclobjtype IN ('n', 'r', 'S', 'f', 'T') AND (defaclnamespace = 0 OR nspname IN ('public', 'slipway'))),
			'objects', (
				SELECT coalesce(json_agg(json_build_object(
					'schema', nspname, 'kind', kind, 'name', name, 'columnGrants', column_grants,
					'grants', ${grantsIn(sql, sql`acl`, sql`owner.oid`)})), '[]')
				FROM owner, LATERAL (
					SELECT nspname, CASE relkind WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END AS kind,
						format('%I.%I', nspname, relname) AS name,
						coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)) AS acl,
						EXISTS (
							SELECT FROM pg_attribute, aclexplode(attacl), app
							WHERE attrelid = pg_class.oid AND grantee = app.oid) AS column_grants
					FROM schema JOIN pg_class ON relnamespace = schema.oid
					WHERE relowner = owner.oid AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
					UNION ALL
					SELECT nspname, 'FUNCTIONS', pg_proc.oid::regprocedure::text,
						coalesce(proacl, acldefault('f', proowner)), false
					FROM schema JOIN pg_proc ON pronamespace = schema.oid
					WHERE proowner = owner.oid
				) AS object),
			'largeObjectCreators', (
				SELECT json_build_object(
					'public', bool_or(EXISTS (SELECT FROM aclexplode(acl) WHERE grantee = 0)),
					'owner', bool_and(EXISTS (SELECT FROM aclexplode(acl), owner WHERE grantee = owner.oid)))
				FROM pg_proc, LATERAL (SELECT coalesce(proacl, acldefault('f', proowner)) AS acl) AS privileges
				WHERE oid = ANY (${creatorsOfLargeObjects}::regprocedure[])),
			'foreignObjects', (
				SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
				WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relowner IS DISTINCT FROM (SELECT oid FROM owner)
					AND nspname <> 'information_schema' AND NOT nspname ^@ 'pg_'
					AND NOT EXISTS (
						SELECT FROM pg_depend
						WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'))
		) AS state`;
	return row.state;
}
