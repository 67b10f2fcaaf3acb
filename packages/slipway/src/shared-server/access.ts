import type { Sql } from 'postgres';
import { quoteIdentifier, quoteLiteral } from '../sql.ts';

/** What PostgreSQL does not copy with a database: the privileges on it, and its settings. */
export interface Access {
	readonly owner: string;
	/** Null: those of every new database. */
	readonly grants: readonly Grant[] | null;
	readonly settings: readonly Setting[];
}

interface Grant {
	/** Null: PUBLIC. */
	readonly role: string | null;
	readonly privilege: string;
}

interface Setting {
	/** Null: for all roles. */
	readonly role: string | null;
	/** As in `ALTER … SET`. */
	readonly entry: string;
}

export async function readAccess(sql: Sql, database: string): Promise<Access> {
	const [row] = await sql<[{ access: Access }]>`
		SELECT json_build_object(
			'owner', pg_get_userbyid(datdba),
			'grants', CASE WHEN datacl IS NOT NULL THEN (
				SELECT coalesce(json_agg(json_build_object(
					'role', CASE WHEN grantee <> 0 THEN pg_get_userbyid(grantee) END, 'privilege', privilege_type)), '[]')
				FROM aclexplode(datacl) WHERE grantee <> datdba) END,
			'settings', (
				SELECT coalesce(json_agg(json_build_object(
					'role', CASE WHEN setrole <> 0 THEN pg_get_userbyid(setrole) END, 'entry', entry)), '[]')
				FROM pg_db_role_setting, unnest(setconfig) AS entry WHERE setdatabase = pg_database.oid)
		) AS access
		FROM pg_database WHERE datname = ${database}`;
	return row.access;
}

/** Statements that give the new database `name` this access. They need no superuser. */
export function accessStatements({ grants, settings }: Access, name: string): string {
	const database = `DATABASE ${quoteIdentifier(name)}`;
	const revoke = grants === null ? [] : [`REVOKE ALL ON ${database} FROM PUBLIC`];
	const grant = (grants ?? []).map(
		({ role, privilege }) =>
			`GRANT ${privilege} ON ${database} TO ${role === null ? 'PUBLIC' : quoteIdentifier(role)}`,
	);
	const set = settings.map(({ role, entry }) => {
		const target = role === null ? database : `ROLE ${quoteIdentifier(role)} IN ${database}`;
		return `ALTER ${target} SET ${assignment(entry)}`;
	});
	return [...revoke, ...grant, ...set].join(';\n');
}

/** PostgreSQL keeps the values of these settings as lists of quoted names, ready to be used in a statement. */
const lists = ['search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries'];

function assignment(entry: string): string {
	const [name = '', value = ''] = entry.split(/=(.*)/s, 2);
	const isList = lists.includes(name) && value !== '';
	return `${name} = ${isList ? value : quoteLiteral(value)}`;
}
