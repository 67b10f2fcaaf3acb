import type { Sql } from 'postgres';
import { type Connection, maintenanceDatabase, withClient } from '../connection/index.ts';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import { hasCode, SlipwayError } from '../errors.ts';
import { majorOf, since } from '../postgres-versions.ts';
import type { DatabaseSettings } from '../settings/index.ts';
import { quoteIdentifier } from '../sql.ts';
import { requireRoleCreation } from './check-server.ts';
import { withLock } from './lock.ts';
import type { Run } from './run.ts';

/**
 * Bootstraps a database on a shared server. Roles are the server's: existing ones are used if Slipway created them for
 * this login, and none is ever changed. Throws `role-of-others`, and what `bootstrapDatabase` throws.
 */
export async function bootstrapShared(
	{ admin, sql, server }: Run,
	database: DatabaseSettings,
): Promise<void> {
	requireRoleCreation(server, admin);
	await withLock(admin, 'roles', async () => {
		await refuseRolesOfOthers(sql, admin, database);
		await bootstrapDatabase(admin, database);
		await joinRoles(sql, server.version, database);
	});
}

/** The passwords are derived from the admin's, so that a login shows whether a role was created for this admin. */
async function refuseRolesOfOthers(sql: Sql, admin: Connection, database: DatabaseSettings): Promise<void> {
	const { owner, migrator, app } = database;
	const names = [...new Set([owner, migrator.username, app.username])];
	const rows = await sql<
		{ name: string }[]
	>`SELECT rolname AS name FROM pg_roles WHERE rolname IN ${sql(names)}`;
	if (rows.length === 0) return;
	const missing = names.filter((name) => !rows.some((row) => row.name === name));
	const logins = [migrator, app].filter(({ username }) => rows.some(({ name }) => name === username));
	const accepted = await Promise.all(logins.map((login) => acceptsLogin({ ...admin, ...login })));
	if (missing.length === 0 && accepted.every(Boolean)) return;
	throw roleOfOthers(
		rows.map(({ name }) => name),
		admin,
	);
}

function roleOfOthers(names: readonly string[], { username }: Connection): SlipwayError {
	const [what, them] = names.length === 1 ? ['role', 'it'] : ['roles', 'them'];
	const list = names.map((name) => JSON.stringify(name)).join(' and ');
	return new SlipwayError(
		'role-of-others',
		`the shared test server has the ${what} ${list}, but not as Slipway would create ${them} for ${JSON.stringify(username)}`,
		[
			"Give the tests of this project roles of their own, in slipway.config: roles: { owner: 'shop_owner', migrator: 'shop_migrator', app: 'shop_app' }. Or let all use the same login in SLIPWAY_TEST_SERVER.",
			'If the password of this login was changed, drop these roles and the databases that begin with slipway_. Projects that share one of the roles have to share all three.',
		].join('\n'),
	);
}

/** Throws if the server does not say, since `bootstrapDatabase` would give the role a new password. */
async function acceptsLogin(login: Connection): Promise<boolean> {
	return await withClient({ ...login, database: maintenanceDatabase }, async () => true).catch(
		(error: unknown) => {
			if (hasCode(error, 'wrong-password', 'login-refused')) return false;
			// The server checks the password before the right to connect.
			if (hasCode(error, 'connect-denied')) return true;
			throw error;
		},
	);
}

/** With the roles' privileges, the admin can drop their databases and end their sessions. */
async function joinRoles(
	sql: Sql,
	version: number,
	{ owner, migrator, app }: DatabaseSettings,
): Promise<void> {
	const options = majorOf(version) < since.membershipOptions ? '' : ' WITH INHERIT TRUE, SET TRUE';
	for (const role of new Set([owner, migrator.username, app.username])) {
		const [row] = await sql<[{ has: boolean }]>`SELECT pg_has_role(${role}, 'USAGE') AS has`;
		if (!row.has) await sql.unsafe(`GRANT ${quoteIdentifier(role)} TO CURRENT_USER${options}`);
	}
}
