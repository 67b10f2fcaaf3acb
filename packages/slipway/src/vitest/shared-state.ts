import type { Sql } from 'postgres';

/** What databases on one server share: a digest for each kind of thing. */
export type SharedState = Readonly<Record<'roles' | 'settings' | 'databases', string>>;

/**
 * Reads what the databases on a server share. The clones of `template`, which have its name and a number, are no part of
 * it, and neither is what is set for one of them.
 */
export async function readSharedState(superuser: Sql, template: string): Promise<SharedState> {
	const clones = `^${template.replaceAll(/\W/g, '\\$&')}_\\d+$`;
	const [state] = await superuser<[SharedState]>`
		WITH shared AS (SELECT oid, xmin, datname FROM pg_database WHERE datname !~ ${clones})
		SELECT
			md5(concat_ws('|',
				(SELECT string_agg(r::text, ',' ORDER BY oid) FROM pg_authid AS r),
				(SELECT string_agg(m::text, ',' ORDER BY m::text) FROM pg_auth_members AS m),
				(SELECT string_agg(s::text, ',' ORDER BY s::text) FROM pg_db_role_setting AS s
					WHERE setdatabase = 0 OR setdatabase IN (SELECT oid FROM shared)),
				(SELECT string_agg(p::text, ',' ORDER BY p::text) FROM pg_parameter_acl AS p)
			)) AS roles,
			md5(pg_read_file('postgresql.auto.conf', true)) AS settings,
			md5(concat_ws('|',
				-- A changed row has another xmin, even if it was changed back: the template may not be what it was.
				(SELECT string_agg(concat_ws(',', oid, xmin, datname), ';' ORDER BY oid) FROM shared),
				(SELECT string_agg(t::text, ',' ORDER BY oid) FROM pg_tablespace AS t),
				(SELECT string_agg(slot_name, ',' ORDER BY slot_name) FROM pg_replication_slots WHERE NOT temporary)
			)) AS databases`;
	return state;
}

/** The kinds of things that differ. */
export function changesBetween(before: SharedState, after: SharedState): readonly string[] {
	const kinds = Object.keys(before) as (keyof SharedState)[];
	return kinds.filter((kind) => before[kind] !== after[kind]);
}
