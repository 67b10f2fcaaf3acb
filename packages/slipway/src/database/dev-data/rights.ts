import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { majorOf, since } from '../../postgres-versions.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';

/** Whether the client is a superuser's. Throws `admin-lacks-rights` if it may not create databases. */
export async function checkAdmin(sql: Sql): Promise<boolean> {
	const [role] = await sql<[{ name: string; superuser: boolean; createsDatabases: boolean }]>`
		SELECT rolname AS name, rolsuper AS superuser, rolcreatedb AS "createsDatabases"
		FROM pg_roles WHERE rolname = current_user`;
	if (role.superuser || role.createsDatabases) return role.superuser;
	throw new SlipwayError(
		'admin-lacks-rights',
		`the admin ${JSON.stringify(role.name)} may not create databases, which saved states and databases of branches need`,
		`Set DB_ADMIN_USERNAME to another admin, or have a superuser run:\n  ALTER ROLE ${quoteIdentifier(role.name)} CREATEDB;`,
	);
}

/**
 * Lets an admin who is no superuser copy and rename the project's databases and end their sessions while `use` runs:
 * bootstrap lets it become the owner, and no more.
 */
export async function withRoles<T>(sql: Sql, settings: DatabaseSettings, use: () => Promise<T>): Promise<T> {
	const names = [...new Set([settings.owner, settings.migrator.username, settings.app.username])];
	const [row] = await sql<[{ version: number }]>`
		SELECT current_setting('server_version_num')::int AS version`;
	const hasOptions = majorOf(row.version) >= since.membershipOptions;
	const lacking = await sql<{ name: string; becomes: boolean }[]>`
		SELECT rolname AS name, pg_has_role(oid, 'MEMBER') AS becomes FROM pg_roles
		WHERE rolname = ANY (${names}) AND NOT pg_has_role(oid, 'USAGE')`;
	const grant = (name: string, options: string) =>
		sql.unsafe(`GRANT ${quoteIdentifier(name)} TO CURRENT_USER${hasOptions ? options : ''}`);
	for (const { name } of lacking) await grant(name, ' WITH INHERIT TRUE');
	try {
		return await use();
	} finally {
		for (const { name, becomes } of lacking)
			if (becomes && hasOptions) await grant(name, ' WITH INHERIT FALSE');
			else await sql.unsafe(`REVOKE ${quoteIdentifier(name)} FROM CURRENT_USER`);
	}
}
