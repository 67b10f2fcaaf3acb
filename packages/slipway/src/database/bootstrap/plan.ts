import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { throwAll } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { adminErrors, serverErrors } from './admin-errors.ts';
import type { Step } from './change.ts';
import { type ContentsState, freshContents, readContentsState } from './contents-state.ts';
import { contentsErrors, databaseErrors } from './ownership-errors.ts';
import { planContents } from './plan-contents.ts';
import { planAccess, planCreation, planSharedDatabases } from './plan-database.ts';
import { planRoles } from './plan-roles.ts';
import { planSessionRoles } from './plan-session-roles.ts';
import { roleErrors } from './role-errors.ts';
import { readServerState, type ServerState } from './server-state.ts';
import { withAdmin } from './with-admin.ts';
import { findWrongPasswords } from './wrong-passwords.ts';

/** The steps, in the order in which they run. */
export interface Plan {
	readonly server: ServerState;
	readonly roles: readonly Step[];
	readonly creation: readonly Step[];
	readonly access: readonly Step[];
	/** Only the steps that can be known before the others have run. */
	readonly contents: readonly Step[];
}

/** Reads the current state and plans the changes. Throws if something prevents them. */
export async function makePlan(
	sql: Sql,
	admin: Connection,
	settings: DatabaseSettings,
	{ dedicated = false }: { readonly dedicated?: boolean },
): Promise<Plan> {
	const server = await readServerState(sql, settings);
	throwAll(serverErrors(server));
	const [wrongPasswords, contents] = await Promise.all([
		findWrongPasswords(admin, server, settings),
		readContents(admin, server, settings),
	]);
	throwAll([
		...roleErrors(server, settings),
		...databaseErrors(server, settings),
		...contentsErrors(contents, server, settings),
	]);
	const plan = {
		server,
		roles: planRoles(server, settings, wrongPasswords),
		creation: planCreation(server, settings),
		access: [...(dedicated ? planDedicated(server, settings) : []), ...planAccess(server, settings)],
		contents: planContents(contents, server.admin, settings),
	};
	throwAll(adminErrors(server, allSteps(plan)));
	return plan;
}

/** What only a server without other users allows. */
function planDedicated(server: ServerState, settings: DatabaseSettings): Step[] {
	return [...planSharedDatabases(server), ...planSessionRoles(server, settings)];
}

export function allSteps({ roles, creation, access, contents }: Plan): Step[] {
	return [...roles, ...creation, ...access, ...contents];
}

/**
 * If the admin cannot connect until a step of the plan has run, the contents are unknown: a fresh database is
 * assumed.
 */
async function readContents(
	admin: Connection,
	{ database }: ServerState,
	settings: DatabaseSettings,
): Promise<ContentsState> {
	if (!database?.open || !database.adminMayConnect) return freshContents;
	return await withAdmin({ ...admin, database: settings.name }, (sql) => readContentsState(sql, settings));
}
