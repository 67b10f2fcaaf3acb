import type { Fragment, Sql } from 'postgres';
import { since } from '../../postgres-versions.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import type { Grant } from './grants.ts';

/** What the shared catalogs say about the roles and the database. */
export interface ServerState {
	/** `server_version_num`, such as 180004. */
	readonly version: number;
	readonly admin: AdminState;
	/** The owner, the migrator and the app, if they exist. */
	readonly roles: readonly RoleState[];
	/** PostgreSQL's own settings that are set for the migrator and the app. */
	readonly roleSettings: readonly RoleSetting[];
	readonly database: DatabaseEntry | null;
	/** `postgres` and `template1`. */
	readonly sharedDatabases: readonly { readonly name: string; readonly grants: readonly Grant[] }[];
	readonly template0: { readonly encoding: string; readonly ctype: string };
}

export interface AdminState {
	readonly name: string;
	readonly superuser: boolean;
	readonly createsRoles: boolean;
	readonly createsDatabases: boolean;
}

export interface RoleState extends AdminState {
	readonly replicates: boolean;
	readonly bypassesRowSecurity: boolean;
	readonly logsIn: boolean;
	/** INHERIT. */
	readonly inherits: boolean;
	readonly expired: boolean;
	readonly connectionLimit: number;
	/** The superuser that initdb created, which cannot be demoted. */
	readonly initial: boolean;
	readonly memberships: readonly Membership[];
	/** The roles that are members of it, besides these three, the admin and superusers. */
	readonly members: readonly Member[];
	/** The number of objects it owns in the database, not counting those that any role can create. */
	readonly objects: number;
	/**
	 * The number of large objects it owns in the database. By default, PostgreSQL lets every role create them.
	 */
	readonly largeObjects: number;
	/** By membership with ADMIN OPTION, which PostgreSQL requires since version 16. */
	readonly adminMayAlter: boolean;
	readonly adminMayBecome: boolean;
}

export interface Member {
	readonly name: string;
	readonly grantor: string;
}

export interface Membership {
	readonly of: string;
	readonly grantor: string;
	/** With ADMIN OPTION. */
	readonly passesOn: boolean;
	/** Whether the admin has the admin option of this role, too. */
	readonly adminMayPassOn: boolean;
	/** Allows SET ROLE; always true before version 16. */
	readonly becomes: boolean;
	/** Has the privileges without SET ROLE; before version 16, that depends on the role. */
	readonly inherits: boolean;
}

export interface DatabaseEntry {
	readonly owner: string;
	readonly open: boolean;
	readonly adminMayConnect: boolean;
	readonly grants: readonly Grant[];
	/** The names of the settings that `ALTER DATABASE … SET` has set. */
	readonly settings: readonly string[];
}

/** A setting from `ALTER ROLE … SET`. */
export interface RoleSetting {
	readonly role: string;
	/** `IN DATABASE …`. */
	readonly inDatabase: boolean;
	readonly name: string;
	readonly value: string;
	/** The others can only be set and reset by a superuser. */
	readonly adminMayReset: boolean;
}

export async function readServerState(sql: Sql, settings: DatabaseSettings): Promise<ServerState> {
	const [row] = await sql<[{ state: ServerState }]>`
		SELECT json_build_object(
			'version', current_setting('server_version_num')::int,
			'admin', (
				SELECT json_build_object(
					'name', rolname, 'superuser', rolsuper,
					'createsRoles', rolcreaterole, 'createsDatabases', rolcreatedb)
				FROM pg_roles WHERE rolname = current_user),
			'roles', ${roleStates(sql, settings)},
			'roleSettings', ${roleSettings(sql, settings)},
			'database', ${databaseEntry(sql, settings)},
			'sharedDatabases', (
				SELECT coalesce(json_agg(json_build_object(
					'name', datname,
					'grants', ${grantsIn(sql, sql`coalesce(datacl, acldefault('d', datdba))`, sql`datdba`)})
					ORDER BY datname), '[]')
				FROM pg_database WHERE datname IN ('postgres', 'template1')),
			'template0', (
				SELECT json_build_object('encoding', pg_encoding_to_char(encoding), 'ctype', datctype)
				FROM pg_database WHERE datname = 'template0')
		) AS state`;
	return row.state;
}

/** The columns set_option and inherit_option exist since version 16; to_jsonb reads them without naming them. */
function roleStates(sql: Sql, { name, owner, migrator, app }: DatabaseSettings): Fragment {
	const owned = sql`pg_shdepend
		WHERE refclassid = 'pg_authid'::regclass AND refobjid = role.oid AND deptype = 'o'
			AND dbid = (SELECT oid FROM pg_database WHERE datname = ${name})`;
	return sql`(
		SELECT coalesce(json_agg(json_build_object(
			'name', rolname, 'superuser', rolsuper,
			'createsRoles', rolcreaterole, 'createsDatabases', rolcreatedb,
			'replicates', rolreplication, 'bypassesRowSecurity', rolbypassrls,
			'logsIn', rolcanlogin, 'inherits', rolinherit, 'expired', coalesce(rolvaliduntil <= now(), false),
			'connectionLimit', rolconnlimit, 'initial', oid = 10,
			'memberships', (
				SELECT coalesce(json_agg(json_build_object(
					'of', pg_get_userbyid(roleid), 'grantor', pg_get_userbyid(grantor), 'passesOn', admin_option,
					'adminMayPassOn', pg_has_role(roleid, 'MEMBER WITH ADMIN OPTION'),
					'becomes', coalesce((to_jsonb(membership) ->> 'set_option')::boolean, true),
					'inherits', coalesce((to_jsonb(membership) ->> 'inherit_option')::boolean, false))), '[]')
				FROM pg_auth_members AS membership WHERE member = role.oid),
			'members', (
				SELECT coalesce(json_agg(json_build_object(
					'name', other.rolname, 'grantor', pg_get_userbyid(grantor)) ORDER BY other.rolname), '[]')
				FROM pg_auth_members JOIN pg_roles AS other ON other.oid = member
				WHERE roleid = role.oid AND NOT other.rolsuper AND other.rolname <> current_user
					AND other.rolname NOT IN (${owner}, ${migrator.username}, ${app.username})),
			'objects', (
				SELECT count(*) FROM ${owned}
					AND classid NOT IN ('pg_largeobject'::regclass, 'pg_default_acl'::regclass)),
			'largeObjects', (SELECT count(*) FROM ${owned} AND classid = 'pg_largeobject'::regclass),
			'adminMayAlter', pg_has_role(oid, 'MEMBER WITH ADMIN OPTION'),
			'adminMayBecome', pg_has_role(oid,
				CASE WHEN current_setting('server_version_num')::int < ${since.membershipOptions * 10_000} THEN 'MEMBER' ELSE 'SET' END)
		)), '[]')
		FROM pg_roles AS role WHERE rolname IN (${owner}, ${migrator.username}, ${app.username}))`;
}

/** Leaves out names with a dot, which belong to an extension or to the application. */
function roleSettings(sql: Sql, { name, migrator, app }: DatabaseSettings): Fragment {
	return sql`(
		SELECT coalesce(json_agg(json_build_object(
			'role', rolname, 'inDatabase', setdatabase <> 0, 'name', name, 'value', value,
			'adminMayReset', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS (
				SELECT FROM pg_settings
				WHERE lower(pg_settings.name) = lower(setting.name)
					AND (context IN ('user', 'backend') OR has_parameter_privilege(setting.name, 'SET'))))
			ORDER BY rolname, setdatabase, name), '[]')
		FROM pg_db_role_setting
			JOIN pg_roles ON pg_roles.oid = setrole,
			unnest(setconfig) AS entry,
			LATERAL (SELECT split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value) AS setting
		WHERE rolname IN (${migrator.username}, ${app.username}) AND strpos(name, '.') = 0
			AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = ${name})))`;
}

function databaseEntry(sql: Sql, { name }: DatabaseSettings): Fragment {
	return sql`(
		SELECT json_build_object(
			'owner', pg_get_userbyid(datdba),
			'open', datallowconn AND datconnlimit <> -2,
			'adminMayConnect', has_database_privilege(oid, 'CONNECT'),
			'grants', ${grantsIn(sql, sql`coalesce(datacl, acldefault('d', datdba))`, sql`datdba`)},
			'settings', ARRAY(
				SELECT split_part(setting, '=', 1) FROM pg_db_role_setting, unnest(setconfig) AS setting
				WHERE setdatabase = pg_database.oid AND setrole = 0))
		FROM pg_database WHERE datname = ${name})`;
}

/**
 * The grants of an ACL as JSON, limited to those that the object's owner made to others. Only the grantor can
 * revoke a grant, so those made by other roles are left alone.
 */
export function grantsIn(sql: Sql, acl: Fragment, owner: Fragment): Fragment {
	return sql`(
		SELECT coalesce(json_agg(json_build_object(
			'grantee', CASE WHEN grantee <> 0 THEN pg_get_userbyid(grantee) END,
			'privilege', privilege_type, 'grantable', is_grantable)), '[]')
		FROM aclexplode(${acl}) WHERE grantor = ${owner} AND grantee <> ${owner})`;
}
