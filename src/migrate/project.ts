import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { defineCommand } from '../cli/index.ts';
import type { Connection } from '../connection/index.ts';
import { withDatabaseServer } from '../dev/index.ts';
import { loadSettings, migratorConnection, type RoleNames, type Settings } from '../settings/index.ts';

/** What the commands work on. */
export interface Project {
	/** The project's folder. */
	readonly root: string;
	readonly environment: NodeJS.ProcessEnv;
}

export interface DirectoryOption {
	readonly directory: string;
}

/** A subcommand with the option that all of them have. */
export function defineSubcommand({ root }: Project, name: string, description: string): Command {
	const migrations = relative(process.cwd(), join(root, 'migrations')) || '.';
	return defineCommand(name, description).option(
		'--directory <path>',
		'where the migrations are',
		migrations,
	);
}

/** What the settings call the roles, and so what migrations may grant to. */
export function roleNames({ root, environment }: Project): RoleNames {
	const settings = loadSettings({ environment, envFile: join(root, '.env') }, { roles: [] });
	const { owner, migrator, app } = settings.database;
	return { owner, migrator: migrator.username, app: app.username };
}

/** Lends `use` the migrator's login to the database, on a server that runs for as long. */
export async function withMigratorLogin(
	{ root, environment }: Project,
	use: (connection: Connection, settings: Settings) => Promise<void>,
): Promise<void> {
	const settings = loadSettings({ environment, envFile: join(root, '.env') }, { roles: ['migrator'] });
	await withDatabaseServer(settings, root, (endpoint) =>
		use(migratorConnection(settings, endpoint), settings),
	);
}
