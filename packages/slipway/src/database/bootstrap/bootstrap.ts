import type { Sql } from 'postgres';
import { type Connection, maintenanceDatabase } from '../../connection/index.ts';
import { type SlipwayError, throwAll } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { adminErrors } from './admin-errors.ts';
import { applyStepAlone, applySteps } from './apply-steps.ts';
import type { Change, Excess } from './change.ts';
import { readContentsState } from './contents-state.ts';
import { acquireBootstrapLock } from './lock.ts';
import { contentsErrors, ownershipWarnings } from './ownership-errors.ts';
import { allSteps, findContentsExcess, makePlan, type Plan } from './plan.ts';
import { planContents } from './plan-contents.ts';
import { settingsErrors } from './settings-errors.ts';
import { withAdmin } from './with-admin.ts';

export interface BootstrapOptions {
	/** Returns the changes without making them. */
	readonly dryRun?: boolean;
	/** Called with each change once it is committed. */
	readonly onChange?: (change: Change) => void;
	/** Called with each problem that should be fixed but does not stop bootstrap. */
	readonly onWarning?: (warning: SlipwayError) => void;
	/** Called with a line for each session that bootstrap waits for. */
	readonly onWait?: (line: string) => void;
	/**
	 * The server has no other users. PUBLIC may then no longer connect to `postgres` and `template1`, where any
	 * role could hold the bootstrap lock, and the migrator may see and end sessions. Default: false.
	 */
	readonly dedicated?: boolean;
	/** Also removes what should not be there. Default: false. */
	readonly revoke?: boolean;
}

/**
 * Creates or corrects the owner, the migrator and the app, the database and its grants. Returns the changes;
 * a second run makes none. `admin` logs in to any database, as a superuser or as a role with CREATEROLE and CREATEDB.
 *
 * Throws before the first change: `invalid-identifier`, `invalid-password`, `roles-not-distinct`,
 * `server-too-old`, `role-has-other-rights`, `database-belongs-to-other`, `database-closed`,
 * `schema-belongs-to-other`, `admin-lacks-rights`; an `AggregateError` if there are several.
 */
export async function bootstrapDatabase(
	login: Connection,
	settings: DatabaseSettings,
	options: BootstrapOptions = {},
): Promise<readonly Change[]> {
	// The database may not exist yet, and an advisory lock counts in one database only.
	const admin = { ...login, database: maintenanceDatabase };
	throwAll(settingsErrors(admin, settings));
	return await withAdmin(admin, async (sql) => {
		if (!options.dryRun) await acquireBootstrapLock(sql, admin, options);
		const { dedicated = false, revoke = false } = options;
		const plan = await makePlan(sql, admin, settings, { dedicated, excess: revoke });
		throwAll(adminErrors(plan.server, excessOf(plan)));
		for (const warning of ownershipWarnings(plan.server, settings)) options.onWarning?.(warning);
		if (options.dryRun) return [...excessOf(plan), ...allSteps(plan)].map(withoutSecrets);
		const changes: Change[] = [];
		await apply(plan, { sql, admin, settings }, (change) => {
			changes.push(withoutSecrets(change));
			options.onChange?.(withoutSecrets(change));
		});
		return changes;
	});
}

interface Target {
	readonly sql: Sql;
	readonly admin: Connection;
	readonly settings: DatabaseSettings;
}

async function apply(plan: Plan, target: Target, onChange: (change: Change) => void): Promise<void> {
	if (allSteps(plan).length + excessOf(plan).length === 0) return;
	const { sql, settings } = target;
	const { creation, access, excess } = plan;
	const roles = [...(excess?.server ?? []), ...plan.roles];
	const [before, after] = creation.length === 0 ? [[...roles, ...access], []] : [roles, access];
	await applySteps(sql, before, settings.owner, onChange);
	for (const step of creation) await applyStepAlone(sql, step, onChange);
	await applySteps(sql, after, settings.owner, onChange);
	await reconcileContents(plan, target, onChange);
}

/** Reads the contents again, because earlier steps may have created the database or let the admin in. */
async function reconcileContents(
	{ server, excess }: Plan,
	{ admin, settings }: Target,
	onChange: (change: Change) => void,
): Promise<void> {
	await withAdmin({ ...admin, database: settings.name }, async (sql) => {
		const contents = await readContentsState(sql, settings);
		throwAll(contentsErrors(contents, server, settings));
		const removals = excess === null ? [] : await findContentsExcess(sql, contents, settings);
		const steps = [...removals, ...planContents(contents, server.admin, settings)];
		await applySteps(sql, steps, settings.owner, onChange);
	});
}

function excessOf({ excess }: Plan): Excess[] {
	return excess === null ? [] : [...excess.server, ...excess.contents];
}

/** How a database differs from one that bootstrap has just set up. */
export interface Drift {
	/** What bootstrap would do. */
	readonly changes: readonly Change[];
	/** What bootstrap would do with `revoke`, besides. */
	readonly excess: readonly (Change & Pick<Excess, 'grants'>)[];
}

/** Compares and changes nothing. Throws what `bootstrapDatabase` throws, but for what `revoke` removes. */
export async function findDrift(
	login: Connection,
	settings: DatabaseSettings,
	options: Pick<BootstrapOptions, 'dedicated' | 'onWarning'> = {},
): Promise<Drift> {
	const admin = { ...login, database: maintenanceDatabase };
	throwAll(settingsErrors(admin, settings));
	const { dedicated = false, onWarning } = options;
	const plan = await withAdmin(admin, (sql) => makePlan(sql, admin, settings, { dedicated, excess: true }));
	for (const warning of ownershipWarnings(plan.server, settings)) onWarning?.(warning);
	return {
		changes: allSteps(plan).map(withoutSecrets),
		excess: excessOf(plan).map((each) => ({ ...withoutSecrets(each), grants: each.grants })),
	};
}

function withoutSecrets({ summary, sql, redacted }: Change): Change {
	return { summary, sql, ...(redacted && { redacted }) };
}
