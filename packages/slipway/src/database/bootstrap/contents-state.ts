import type { Sql } from 'postgres';
import type { DatabaseSettings } from '../../settings/index.ts';
import { creatorsOfLargeObjects, type Grant, type Kind } from './grants.ts';
import { grantsIn } from './server-state.ts';

/** What the catalogs of the database itself say. */
export interface ContentsState {
	/** `public` and `slipway`, where they exist, and those that the owner has made. */
	readonly schemas: readonly SchemaState[];
	/** What the owner's future objects are given. Without an entry it is PostgreSQL's own default. */
	readonly defaults: readonly DefaultGrants[];
	/** What the owner has in these schemas. */
	readonly objects: readonly ObjectState[];
	/** Who may call the functions that create large objects. */
	readonly largeObjectCreators: LargeObjectCreators;
	/** How many tables and the like, in any schema, are not the owner's nor an extension's. */
	readonly strangers: number;
}

export interface SchemaState {
	readonly name: string;
	readonly owner: string;
	/** Nobody has granted or revoked anything on it yet, and no default privileges have. */
	readonly untouched: boolean;
	readonly grants: readonly Grant[];
}

export interface LargeObjectCreators {
	/** PUBLIC may call one of them. */
	readonly everybody: boolean;
	/** The owner was granted all of them. */
	readonly owner: boolean;
}

export interface DefaultGrants {
	/** `null` where it goes for every schema. */
	readonly schema: string | null;
	readonly kind: Kind;
	readonly grants: readonly Grant[];
}

export interface ObjectState {
	readonly schema: string;
	readonly kind: Exclude<Kind, 'SCHEMAS'>;
	/** In SQL, such as `public.counter` or `public.add(integer,integer)`. */
	readonly name: string;
	readonly grants: readonly Grant[];
	/** The app has a right on some of its columns. */
	readonly columnGrants: boolean;
}

/** A database that was made from `template0` a moment ago. */
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
	largeObjectCreators: { everybody: true, owner: false },
	strangers: 0,
};

/** With `search_path` at `pg_catalog`, so that the names of types are complete. */
export async function readContentsState(sql: Sql, { owner, app }: DatabaseSettings): Promise<ContentsState> {
	const [row] = await sql<[{ state: ContentsState }]>`
		WITH
			owner AS (SELECT oid FROM pg_roles WHERE rolname = ${owner}),
			app AS (SELECT oid FROM pg_roles WHERE rolname = ${app.username}),
			schema AS (
				SELECT * FROM pg_namespace
				WHERE nspname IN ('public', 'slipway') OR (
					nspowner = (SELECT oid FROM owner) AND NOT nspname ^@ 'pg_'
					AND NOT EXISTS (
						SELECT FROM pg_depend
						WHERE classid = 'pg_namespace'::regclass AND objid = pg_namespace.oid AND deptype = 'e'))
				ORDER BY nspname)
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
						WHEN 'n' THEN 'SCHEMAS' WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'FUNCTIONS' END,
					'grants', ${grantsIn(sql, sql`defaclacl`, sql`defaclrole`)})), '[]')
				FROM owner
					JOIN pg_default_acl ON defaclrole = owner.oid
					LEFT JOIN schema ON schema.oid = defaclnamespace
				WHERE defaclobjtype IN ('n', 'r', 'S', 'f') AND (defaclnamespace = 0 OR nspname IN ('public', 'slipway'))),
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
					'everybody', bool_or(EXISTS (SELECT FROM aclexplode(acl) WHERE grantee = 0)),
					'owner', bool_and(EXISTS (SELECT FROM aclexplode(acl), owner WHERE grantee = owner.oid)))
				FROM pg_proc, LATERAL (SELECT coalesce(proacl, acldefault('f', proowner)) AS acl) AS privileges
				WHERE oid = ANY (${creatorsOfLargeObjects}::regprocedure[])),
			'strangers', (
				SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
				WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relowner IS DISTINCT FROM (SELECT oid FROM owner)
					AND nspname <> 'information_schema' AND NOT nspname ^@ 'pg_'
					AND NOT EXISTS (
						SELECT FROM pg_depend
						WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'))
		) AS state`;
	return row.state;
}
