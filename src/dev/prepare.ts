import type { Connection } from '../connection/index.ts';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import { migrateUp } from '../database/migrations/index.ts';
import { readSeedFolder, runSeeds } from '../database/seeds/index.ts';
import { appConnection, migratorConnection, type Settings } from '../settings/index.ts';

/** Tells a person how far it is. */
export type Report = (line: string) => void;

interface Server {
	readonly admin: Connection;
}

/** Brings roles, database and schema up to date. Resolves with the app's login. */
export async function prepareDatabase(
	server: Server,
	settings: Settings,
	migrations: string,
	report: Report,
): Promise<Connection> {
	const changes = await bootstrapDatabase(server.admin, settings.database);
	if (changes.length > 0)
		report(`database "${settings.database.name}" is bootstrapped: ${changes.length} changes`);
	await applyMigrations(server, settings, migrations, report);
	return appConnection(settings, server.admin);
}

export async function applyMigrations(
	server: Server,
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

/** Puts the rows in place that development starts with. */
export async function seedDatabase(app: Connection, directory: string, report: Report): Promise<void> {
	const onSeeded = (name: string) => report(`seeded ${name}`);
	await runSeeds(app, await readSeedFolder(directory, 'development'), { onSeeded });
}
