import type { Sql } from 'postgres';
import { type Connection, maintenanceDatabase } from '../../connection/index.ts';
import { type SlipwayError, throwAll } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import type { Change } from './change.ts';
import { readContentsState } from './contents-state.ts';
import { contentsFaults, ownershipWarnings } from './ownership-faults.ts';
import { allSteps, makePlan, type Plan } from './plan.ts';
import { planContents } from './plan-contents.ts';
import { settingsFaults } from './settings-faults.ts';
import { takeStepAlone, takeSteps } from './take-steps.ts';
import { takeTurn } from './turn.ts';
import { withAdmin } from './with-admin.ts';

export interface BootstrapOptions {
	/** Only says what there is to do. */
	readonly dryRun?: boolean;
	/** Hears of each change when it is made for good. */
	readonly onChange?: (change: Change) => void;
	/** Called with what should be fixed and does not stand in the way. */
	readonly onWarning?: (warning: SlipwayError) => void;
	/** Called with a line for each session that a run waits for. */
	readonly onWait?: (line: string) => void;
	/**
	 * Nobody else uses the server: PUBLIC may no longer connect to the databases that every server has, where a role
	 * could hold the lock of bootstrap. Default: false.
	 */
	readonly dedicated?: boolean;
}

/**
 * Makes the owner, the migrator and the app, the database and its grants what they should be, and returns what was
 * changed for that: nothing the second time. `admin` is a superuser or a role with CREATEROLE and CREATEDB; its database
 * does not matter.
 *
 * Throws before the first change: `invalid-identifier`, `invalid-password`, `roles-not-distinct`, `server-too-old`,
 * `role-has-other-rights`, `database-belongs-to-other`, `database-closed`, `schema-belongs-to-other`,
 * `admin-lacks-rights`; an `AggregateError` where several of them stand in the way.
 */
export async function bootstrapDatabase(
	login: Connection,
	settings: DatabaseSettings,
	options: BootstrapOptions = {},
): Promise<readonly Change[]> {
	// Not in the database, which need not be there yet; and an advisory lock counts in one database only.
	const admin = { ...login, database: maintenanceDatabase };
	throwAll(settingsFaults(admin, settings));
	return await withAdmin(admin, async (sql) => {
		if (!options.dryRun) await takeTurn(sql, admin, options);
		const plan = await makePlan(sql, admin, settings, options);
		for (const warning of ownershipWarnings(plan.server, settings)) options.onWarning?.(warning);
		if (options.dryRun) return allSteps(plan).map(shown);
		const changes: Change[] = [];
		await carryOut(plan, { sql, admin, settings }, (change) => {
			changes.push(shown(change));
			options.onChange?.(shown(change));
		});
		return changes;
	});
}

interface Site {
	readonly sql: Sql;
	readonly admin: Connection;
	readonly settings: DatabaseSettings;
}

async function carryOut(plan: Plan, site: Site, tell: (change: Change) => void): Promise<void> {
	if (allSteps(plan).length === 0) return;
	const { sql, settings } = site;
	const { roles, creation, access } = plan;
	const [before, after] = creation.length === 0 ? [[...roles, ...access], []] : [roles, access];
	await takeSteps(sql, before, settings.owner, tell);
	for (const step of creation) await takeStepAlone(sql, step, tell);
	await takeSteps(sql, after, settings.owner, tell);
	await reconcileContents(plan, site, tell);
}

/** Looks again, because the steps before may have made the database, or let the admin in. */
async function reconcileContents(
	{ server }: Plan,
	{ admin, settings }: Site,
	tell: (change: Change) => void,
): Promise<void> {
	await withAdmin({ ...admin, database: settings.name }, async (sql) => {
		const contents = await readContentsState(sql, settings);
		throwAll(contentsFaults(contents, server, settings));
		await takeSteps(sql, planContents(contents, server.admin, settings), settings.owner, tell);
	});
}

/** Without what is for the server only. */
function shown({ summary, sql }: Change): Change {
	return { summary, sql };
}
