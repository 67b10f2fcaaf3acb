import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Migrations, ResolvedConfig } from '../config/index.ts';
import type { Connection } from '../connection/index.ts';
import { bootstrapDatabase, ensureExtensions } from '../database/bootstrap/index.ts';
import { readSeedFolder, runSeeds } from '../database/seeds/index.ts';
import { refuseUnconfigured } from '../detection/index.ts';
import { migrationSource } from '../migration-sources/index.ts';
import { migratorConnection, type Settings } from '../settings/index.ts';
import { formatWarning } from '../terminal/index.ts';

/** Reports progress to a person. */
export type Report = (line: string) => void;

export interface Preparation {
	readonly config: ResolvedConfig;
	readonly settings: Settings;
	readonly report: Report;
}

interface Server {
	readonly admin: Connection;
}

/**
 * Brings roles, database, extensions and schema up to date. `dedicated`: no other project uses the server.
 */
export async function prepareDatabase(
	server: Server,
	preparation: Preparation,
	dedicated: boolean,
): Promise<void> {
	const { config, settings, report } = preparation;
	const { name } = settings.database;
	const changes = await bootstrapDatabase(server.admin, settings.database, {
		dedicated,
		onWait: report,
		onWarning: (warning) => report(formatWarning(warning)),
	});
	if (changes.length > 0) report(`database "${name}" is bootstrapped: ${changes.length} changes`);
	await ensureExtensions(server.admin, name, config.extensions);
	await applyMigrations(server, preparation);
}

/** Applies pending migrations, if the project has any. Throws `migrations-not-configured`. */
export async function applyMigrations(
	server: Server,
	{ config: { root, migrations, migrationsToApply }, settings, report }: Preparation,
): Promise<void> {
	if (migrationsToApply === undefined) refuseUnconfigured(root);
	if (migrationsToApply === false || isMissing(migrations)) return;
	const { database, migrations: timeouts } = settings;
	const migrator = migratorConnection(settings, server.admin);
	await migrationSource(migrations).migrate(
		{ migrator, admin: server.admin, database },
		{ timeouts, onProgress: report, onMigrated: (name) => report(`applied ${name}`) },
	);
}

/** The folder may appear later, as may that of the seeds. */
const isMissing = (migrations: Migrations) => typeof migrations === 'string' && !existsSync(migrations);

/** Runs the development seeds, if the project has any. */
export async function seedDatabase(
	app: Connection,
	{ root, seeds }: ResolvedConfig,
	report: Report,
): Promise<void> {
	if (!existsSync(seeds)) return;
	const onSeeded = (name: string) => report(`seeded ${relative(root, name)}`);
	await runSeeds(app, await readSeedFolder(seeds, 'development'), { onSeeded });
}
