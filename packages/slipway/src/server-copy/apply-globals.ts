import type { Sql } from 'postgres';
import { quoteIdentifier, quoteLiteral } from '../sql.ts';
import type { Globals, Membership, SystemSetting } from './globals.ts';

/** Creates roles, with their passwords, memberships and grants on settings. */
export async function createRoles(sql: Sql, { roles, memberships, parameterGrants }: Globals): Promise<void> {
	const present = await sql<{ name: string }[]>`SELECT rolname AS name FROM pg_authid`;
	for (const { name, attributes, comment } of roles) {
		const role = quoteIdentifier(name);
		if (!present.some((each) => each.name === name)) await sql.unsafe(`CREATE ROLE ${role}`);
		await sql.unsafe(attributes);
		if (comment !== null) await sql.unsafe(`COMMENT ON ROLE ${role} IS ${quoteLiteral(comment)}`);
	}
	await grantMemberships(sql, memberships);
	for (const statement of parameterGrants) await sql.unsafe(statement);
}

/** A grantor needs to be a member first, and with the admin option. */
async function grantMemberships(sql: Sql, memberships: readonly Membership[]): Promise<void> {
	const refused: Membership[] = [];
	let refusal: unknown;
	for (const membership of memberships) {
		const { grant, isAdmin, options } = membership;
		const text = options ?? (isAdmin ? 'ADMIN OPTION' : '');
		await sql.unsafe(`GRANT ${grant}${text && ` WITH ${text}`}`).catch((error: unknown) => {
			refused.push(membership);
			refusal = error;
		});
	}
	if (refused.length === memberships.length && refusal !== undefined) throw refusal;
	if (refused.length > 0) await grantMemberships(sql, refused);
}

/**
 * Sets what acts on new sessions, as the last thing. Lists are copied as they are stored: as SQL, each kind of list would
 * need its own quoting.
 */
export async function applySettings(sql: Sql, { roleSettings, systemSettings }: Globals): Promise<void> {
	await sql.begin(async (transaction) => {
		await transaction`SET LOCAL allow_system_table_mods = on`;
		for (const { role, settings } of roleSettings)
			await transaction`
				INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
				SELECT 0, coalesce((SELECT oid FROM pg_authid WHERE rolname = ${role}), 0), ${[...settings]}::text[]`;
	});
	for (const setting of systemSettings) await setInSystem(sql, setting);
}

async function setInSystem(sql: Sql, { name, value }: SystemSetting): Promise<void> {
	const parts = name.split('.').map(quoteIdentifier).join('.');
	await sql.unsafe(`ALTER SYSTEM SET ${parts} = ${quoteLiteral(value)}`);
}
