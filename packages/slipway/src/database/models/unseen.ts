import type { Pool } from 'pg';

/**
 * Properties of a schema that the library does not look at, such as `storage of public.a.note`, with their
 * values. Those that have PostgreSQL's default are left out.
 */
export type Unseen = ReadonlyMap<string, string>;

/** The properties that differ between two databases. */
export function differencesOf(one: Unseen, other: Unseen): readonly string[] {
	const all = [...one.keys(), ...other.keys()];
	return all.filter((each) => one.get(each) !== other.get(each));
}

export function isVirtual(unseen: Unseen, schema: string, table: string, column: string): boolean {
	return unseen.has(`virtual column ${schema}.${table}.${column}`);
}

export async function readUnseen(pool: Pool): Promise<Unseen> {
	const { rows } = await pool.query<{ place: string; what: string; value: string }>(query);
	return new Map(rows.map(({ what, place, value }) => [`${what} ${place}`, value]));
}

/**
 * contype 'n' exists since PostgreSQL 18, NULL in attstattarget since 17. Oids below 16384 belong to
 * PostgreSQL itself.
 */
const query = `
	WITH relation AS (
		SELECT pg_class.oid, relkind, relowner, relacl, nspname || '.' || relname AS place
		FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
		WHERE pg_class.oid >= 16384 AND nspname <> 'pg_toast'
	), attribute AS (
		SELECT pg_attribute.*, attstorage <> typstorage AS has_storage, relkind, place || '.' || attname AS place
		FROM pg_attribute
		JOIN relation ON relation.oid = attrelid
		JOIN pg_type ON pg_type.oid = atttypid
		WHERE attnum > 0 AND NOT attisdropped
	)
	SELECT 'virtual column' AS what, place, '' AS value FROM attribute WHERE attgenerated = 'v'
	UNION ALL
	SELECT 'storage of', place, attstorage::text FROM attribute WHERE has_storage AND relkind IN ('r', 'p', 'm', 'f')
	UNION ALL
	SELECT 'compression of', place, attcompression::text FROM attribute
	WHERE attcompression <> '' AND relkind IN ('r', 'p', 'm', 'f')
	UNION ALL
	SELECT 'statistics target of', place, attstattarget::text FROM attribute WHERE attstattarget <> -1
	UNION ALL
	SELECT 'options of', place, attoptions::text FROM attribute WHERE attoptions IS NOT NULL
	UNION ALL
	SELECT 'comment on', place, description FROM attribute
	JOIN pg_description ON classoid = 'pg_class'::regclass AND objoid = attrelid AND objsubid = attnum
	WHERE relkind IN ('v', 'm', 'c')
	UNION ALL
	SELECT 'validity of NOT NULL of', place, '' FROM attribute
	JOIN pg_constraint ON conrelid = attrelid AND conkey = ARRAY[attnum]
	WHERE contype = 'n' AND NOT convalidated
	UNION ALL
	SELECT 'grants on the sequence of', attribute.place, (
		SELECT string_agg(concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ',' ORDER BY grantee, privilege_type)
		FROM aclexplode(coalesce(relacl, acldefault('s', relowner)))
	)
	FROM attribute
	JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = attrelid AND refobjsubid = attnum
		AND classid = 'pg_class'::regclass AND deptype = 'i'
	JOIN relation ON relation.oid = objid AND relation.relkind = 'S'
	UNION ALL
	SELECT 'validity of index', place, '' FROM pg_index JOIN relation ON oid = indexrelid WHERE NOT indisvalid`;
