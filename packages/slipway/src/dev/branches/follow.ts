import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedConfig } from '../../config/index.ts';
import type { Connection } from '../../connection/index.ts';
import {
	type BranchDatabase,
	createBranchDatabase,
	existingDatabase,
	findBranchDatabase,
	noteBranch,
	withDevData,
} from '../../database/dev-data/index.ts';
import { readMigrationFiles } from '../../database/migrations/index.ts';
import { migrationSource } from '../../migration-sources/index.ts';
import { appConnection, type Settings } from '../../settings/index.ts';
import { formatError } from '../../terminal/index.ts';
import { checkoutFiles } from '../checkout-files.ts';
import { prepareDatabase, type Report, seedDatabase } from '../prepare.ts';
import { type Checkout, readCheckout, writeCheckout } from './checkout.ts';
import { currentBranch, formerNames, gitFiles } from './git.ts';

export interface BranchOptions {
	/** The project's folder. */
	readonly root: string;
	readonly config: ResolvedConfig;
	readonly settings: Settings;
	readonly admin: Connection;
	/** Where the roles log in; undefined for the server in the settings. */
	readonly endpoint: Settings['endpoint'] | undefined;
	readonly report: Report;
}

/**
 * The settings with the database of the branch that is checked out. A branch without one gets it here, with migrations and
 * development seeds; what fails in these is reported, and does not throw.
 */
export async function followBranch(options: BranchOptions): Promise<Settings> {
	const { root, settings } = options;
	await untilCheckedOut(root);
	const [branch, checkout] = [await currentBranch(root), readCheckout(checkoutFiles(root))];
	const project = settings.database.name;
	if (branch === undefined)
		return withDatabase(
			settings,
			await existingDatabase(options.admin, project, checkout.database ?? project),
		);
	const found = await findBranchDatabase(options.admin, project, { branch, checkout: checkout.id });
	if (found !== undefined && !found.isNew && found.name === checkout.database)
		return withDatabase(settings, found.name);
	return await pick(options, branch, checkout, found);
}

const withDatabase = (settings: Settings, name: string): Settings => ({
	...settings,
	database: { ...settings.database, name },
});

/** Git changes HEAD after the files; with the files of one branch, migrations would run on the data of another. */
async function untilCheckedOut(root: string, timeout = 10_000): Promise<void> {
	const { lock } = await gitFiles(root);
	for (const end = performance.now() + timeout; existsSync(lock) && performance.now() < end; )
		await sleep(20);
}

async function pick(
	options: BranchOptions,
	branch: string,
	checkout: Checkout,
	found: BranchDatabase | undefined,
): Promise<Settings> {
	const { root, config, settings, report } = options;
	const project = settings.database.name;
	const key = { branch, checkout: checkout.id };
	const wanted = async () => ({
		...key,
		cameFrom: checkout.database,
		formerNames: await formerNames(root, branch),
		migrations: await readMigrations(config),
	});
	const picked = await withDevData(
		options.admin,
		project,
		settings.database,
		async (data) => {
			const database = found ?? (await createBranchDatabase(data, await wanted()));
			if (!database.isNew) await noteBranch(data, database.name, key);
			// From here on, no other command drops it.
			writeCheckout(checkoutFiles(root), { ...checkout, database: database.name });
			return database;
		},
		{ onWait: report },
	);
	report(describe(branch, picked));
	const current = withDatabase(settings, picked.name);
	if (picked.isNew) await complete({ ...options, settings: current }, project, key);
	return current;
}

/** Runs migrations and seeds. If one fails, the database stays new, and the next command tries again. */
async function complete(
	{ admin, endpoint, config, settings, report }: BranchOptions,
	project: string,
	branch: Parameters<typeof noteBranch>[2],
): Promise<void> {
	try {
		await prepareDatabase({ admin }, { config, settings, report }, false);
		await seedDatabase(appConnection(settings, endpoint), config, report);
		await withDevData(admin, project, settings.database, (data) =>
			noteBranch(data, settings.database.name, branch),
		);
	} catch (error) {
		report(formatError(error, false));
	}
}

/** Undefined for another tool's command, which alone knows what it has applied. */
async function readMigrations({ migrationsToApply: migrations }: ResolvedConfig) {
	if (!migrations) return [];
	if (typeof migrations === 'string') return await readMigrationFiles(migrations);
	return 'command' in migrations ? undefined : await migrationSource(migrations).steps();
}

function describe(branch: string, { name, origin, isNew }: BranchDatabase): string {
	const database = `the branch ${JSON.stringify(branch)} has the database ${JSON.stringify(name)}`;
	if (!isNew) return database;
	return `${database}, new, ${origin === undefined ? 'from migrations and seeds' : `a copy of ${origin}`}`;
}
