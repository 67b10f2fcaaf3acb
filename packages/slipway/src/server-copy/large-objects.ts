import { copyBetween, type Sessions } from './rows.ts';

/** Copies large objects under their numbers, with owner, grants and comments. */
export async function copyLargeObjects(sessions: Sessions): Promise<void> {
	const { from, to } = sessions;
	const objects = await from<{ statements: string }[]>`
		SELECT concat_ws(';', format('SELECT lo_create(%s)', oid),
			format('ALTER LARGE OBJECT %s OWNER TO %I', oid, pg_get_userbyid(lomowner)),
			format('COMMENT ON LARGE OBJECT %s IS %L', oid, obj_description(oid, 'pg_largeobject')),
			(SELECT string_agg(format('GRANT %s ON LARGE OBJECT %s TO %s%s', privilege_type, oid,
				CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
				CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), ';') FROM aclexplode(lomacl))
		) AS statements
		FROM pg_largeobject_metadata ORDER BY oid`;
	if (objects.length === 0) return;
	for (const { statements } of objects) await to.unsafe(statements);
	await to`SET allow_system_table_mods = on`;
	await copyBetween(sessions, 'pg_largeobject', 'pg_largeobject');
}
