import type { Connection } from '../connection/index.ts';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import { migrateUp } from '../database/migrations/index.ts';
import { readSeedFolder, runSeeds } from '../database/seeds/index.ts';
import type { PostgresServer } from '../postgres/index.ts';
import { migratorConnection, type Settings } from '../settings/index.ts';
import { formatWarning } from '../terminal/index.ts';

/** Reports progress to a person. */
export type Report = (line: string) => void;

/** Brings roles, database and schema up to date. `dedicated`: nobody else uses the server. */
export async function prepareDatabase(
	server: PostgresServer,
	settings: Settings,
	migrations: string,
	report: Report,
	dedicated: boolean,
): Promise<void> {
	const changes = await bootstrapDatabase(server.admin, settings.database, {
		dedicated,
		onWait: report,
		onWarning: (warning) => report(formatWarning(warning)),
	});
	if (changes.length > 0)
		report(`database "${settings.database.name}" is bootstrapped: ${changes.length} changes`);
	await applyMigrations(server, settings, migrations, report);
}

export async function applyMigrations(
	server: PostgresServer,
	settings: Settings,
	migrations: string,
	report: Report,
): Promise<void> {
	await migrateUp(migratorConnection(settings, server.admin), migrations, {
		timeouts: settings.migrations,
		onProgress: report,
		onMigrated: (name) => report(`migration ${name} is applied`),
	});
}

/** Runs the development seeds. */
export async function seedDatabase(app: Connection, directory: string, report: Report): Promise<void> {
	const onSeeded = (name: string) => report(`seeded ${name}`);
	await runSeeds(app, await readSeedFolder(directory, 'development'), { onSeeded });
}
