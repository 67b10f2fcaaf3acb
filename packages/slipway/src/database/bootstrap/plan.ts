import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { throwAll } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { adminFaults, serverFaults } from './admin-faults.ts';
import type { Step } from './change.ts';
import { type ContentsState, freshContents, readContentsState } from './contents-state.ts';
import { contentsFaults, databaseFaults } from './ownership-faults.ts';
import { planContents } from './plan-contents.ts';
import { planAccess, planCreation, planSharedDatabases } from './plan-database.ts';
import { planRoles } from './plan-roles.ts';
import { roleFaults } from './role-faults.ts';
import { readServerState, type ServerState } from './server-state.ts';
import { withAdmin } from './with-admin.ts';
import { findWrongPasswords } from './wrong-passwords.ts';

/** What there is to do, in this order. */
export interface Plan {
	readonly server: ServerState;
	readonly roles: readonly Step[];
	readonly creation: readonly Step[];
	readonly access: readonly Step[];
	/** Those that can be known before the others are taken. */
	readonly contents: readonly Step[];
}

/** Reads how things are and says what there is to do. Throws where something stands against it. */
export async function makePlan(
	sql: Sql,
	admin: Connection,
	settings: DatabaseSettings,
	{ dedicated = false }: { readonly dedicated?: boolean },
): Promise<Plan> {
	const server = await readServerState(sql, settings);
	throwAll(serverFaults(server));
	const [wrongPasswords, contents] = await Promise.all([
		findWrongPasswords(admin, server, settings),
		readContents(admin, server, settings),
	]);
	throwAll([
		...roleFaults(server, settings),
		...databaseFaults(server, settings),
		...contentsFaults(contents, server, settings),
	]);
	const plan = {
		server,
		roles: planRoles(server, settings, wrongPasswords),
		creation: planCreation(server, settings),
		access: [...(dedicated ? planSharedDatabases(server) : []), ...planAccess(server, settings)],
		contents: planContents(contents, server.admin, settings),
	};
	throwAll(adminFaults(server, allSteps(plan)));
	return plan;
}

export function allSteps({ roles, creation, access, contents }: Plan): Step[] {
	return [...roles, ...creation, ...access, ...contents];
}

/** What an admin that is let in by a step of the plan only will find is not known: taken for a fresh database. */
async function readContents(
	admin: Connection,
	{ database }: ServerState,
	settings: DatabaseSettings,
): Promise<ContentsState> {
	if (!database?.open || !database.adminMayConnect) return freshContents;
	return await withAdmin({ ...admin, database: settings.name }, (sql) => readContentsState(sql, settings));
}
