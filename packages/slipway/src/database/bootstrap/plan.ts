import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { throwAll } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { adminErrors, serverErrors } from './admin-errors.ts';
import type { Excess, Step } from './change.ts';
import { type ContentsState, freshContents, readContentsState } from './contents-state.ts';
import { readExcessState } from './excess-state.ts';
import { contentsErrors, databaseErrors } from './ownership-errors.ts';
import { planContents } from './plan-contents.ts';
import { planAccess, planCreation, planSharedDatabases } from './plan-database.ts';
import { planContentsExcess, planServerExcess } from './plan-excess.ts';
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
	/** What should not be there; null if not asked for. */
	readonly excess: { readonly server: readonly Excess[]; readonly contents: readonly Excess[] } | null;
}

export interface PlanOptions {
	readonly dedicated: boolean;
	/** Whether to look for what should not be there. Otherwise, roles that may do too much are an error. */
	readonly excess: boolean;
}

/** Reads the current state and plans the changes. Throws if something prevents them. */
export async function makePlan(
	sql: Sql,
	admin: Connection,
	settings: DatabaseSettings,
	{ dedicated, excess }: PlanOptions,
): Promise<Plan> {
	const server = await readServerState(sql, settings);
	throwAll(serverErrors(server));
	const [wrongPasswords, { contents, contentsExcess }] = await Promise.all([
		findWrongPasswords(admin, server, settings),
		readContents(admin, server, settings, excess),
	]);
	throwAll([
		...roleErrors(server, settings, { revocable: !excess }),
		...databaseErrors(server, settings),
		...contentsErrors(contents, server, settings),
	]);
	const plan = {
		server,
		roles: planRoles(server, settings, wrongPasswords),
		creation: planCreation(server, settings),
		access: [...(dedicated ? planDedicated(server, settings) : []), ...planAccess(server, settings)],
		contents: planContents(contents, server.admin, settings),
		excess: excess ? { server: planServerExcess(server, settings), contents: contentsExcess } : null,
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
	excess: boolean,
): Promise<{ contents: ContentsState; contentsExcess: Excess[] }> {
	if (!database?.open || !database.adminMayConnect) return { contents: freshContents, contentsExcess: [] };
	return await withAdmin({ ...admin, database: settings.name }, async (sql) => {
		const contents = await readContentsState(sql, settings);
		const contentsExcess = excess ? await findContentsExcess(sql, contents, settings) : [];
		return { contents, contentsExcess };
	});
}

export async function findContentsExcess(
	sql: Sql,
	contents: ContentsState,
	settings: DatabaseSettings,
): Promise<Excess[]> {
	return planContentsExcess(contents, await readExcessState(sql, settings), settings);
}
