import type { Sql } from 'postgres';
import { majorOf, since } from '../postgres-versions.ts';

/** What belongs to a server rather than to one of its databases. */
export interface Globals {
	readonly roles: readonly Role[];
	readonly memberships: readonly Membership[];
	/** Grants on settings, as statements. */
	readonly parameterGrants: readonly string[];
	/** `ALTER ROLE … SET` in all databases. */
	readonly roleSettings: readonly RoleSettings[];
	/** `ALTER SYSTEM SET`. */
	readonly systemSettings: readonly SystemSetting[];
}

export interface Role {
	readonly name: string;
	/** The statement that sets its attributes, and its password as the server stores it: a SCRAM verifier. */
	readonly attributes: string;
	readonly comment: string | null;
}

export interface Membership {
	/** As in GRANT: `"role" TO "member"`. */
	readonly grant: string;
	readonly isAdmin: boolean;
	/** Options that PostgreSQL has since version 16, with the grantor; null before. */
	readonly options: string | null;
}

export interface RoleSettings {
	/** Null for all roles. */
	readonly role: string | null;
	readonly settings: readonly string[];
}

export interface SystemSetting {
	readonly name: string;
	readonly value: string;
}

export async function readGlobals(sql: Sql): Promise<Globals> {
	return {
		roles: await readRoles(sql),
		memberships: await readMemberships(sql),
		parameterGrants: await readParameterGrants(sql),
		roleSettings: await sql<RoleSettings[]>`
			SELECT rolname AS role, setconfig AS settings
			FROM pg_db_role_setting LEFT JOIN pg_authid ON pg_authid.oid = setrole
			WHERE setdatabase = 0 ORDER BY 1`,
		systemSettings: await sql<SystemSetting[]>`
			SELECT name, setting AS value FROM pg_file_settings
			WHERE sourcefile LIKE '%/postgresql.auto.conf' ORDER BY 1`,
	};
}

/** Without those that come with PostgreSQL. */
async function readRoles(sql: Sql): Promise<Role[]> {
	return await sql<Role[]>`
		SELECT rolname AS name, shobj_description(oid, 'pg_authid') AS comment,
			format('ALTER ROLE %I %s CONNECTION LIMIT %s PASSWORD %L%s', rolname,
				concat_ws(' ',
					CASE WHEN rolsuper THEN '' ELSE 'NO' END || 'SUPERUSER',
					CASE WHEN rolinherit THEN '' ELSE 'NO' END || 'INHERIT',
					CASE WHEN rolcreaterole THEN '' ELSE 'NO' END || 'CREATEROLE',
					CASE WHEN rolcreatedb THEN '' ELSE 'NO' END || 'CREATEDB',
					CASE WHEN rolcanlogin THEN '' ELSE 'NO' END || 'LOGIN',
					CASE WHEN rolreplication THEN '' ELSE 'NO' END || 'REPLICATION',
					CASE WHEN rolbypassrls THEN '' ELSE 'NO' END || 'BYPASSRLS'),
				rolconnlimit, rolpassword, ' VALID UNTIL ' || quote_literal(rolvaliduntil)) AS attributes
		FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY rolname`;
}

/** Before PostgreSQL 16, a membership has no options, and its grantor has no meaning. */
async function readMemberships(sql: Sql): Promise<Membership[]> {
	const [{ version }] = await sql<[{ version: number }]>`
		SELECT current_setting('server_version_num')::int AS version`;
	const options =
		majorOf(version) < since.membershipOptions
			? sql`NULL`
			: sql`format('ADMIN %s, INHERIT %s, SET %s GRANTED BY %I',
				admin_option::text, inherit_option::text, set_option::text, pg_get_userbyid(grantor))`;
	return await sql<Membership[]>`
		SELECT format('%I TO %I', pg_get_userbyid(roleid), pg_get_userbyid(member)) AS grant,
			admin_option AS "isAdmin", ${options} AS options
		FROM pg_auth_members WHERE pg_get_userbyid(member) !~ '^pg_' ORDER BY 1, 3`;
}

async function readParameterGrants(sql: Sql): Promise<string[]> {
	const rows = await sql<{ statement: string }[]>`
		SELECT format('GRANT %s ON PARAMETER %I TO %s%s', privilege_type, parname,
			CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
			CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS statement
		FROM pg_parameter_acl, aclexplode(paracl) ORDER BY 1`;
	return rows.map(({ statement }) => statement);
}
