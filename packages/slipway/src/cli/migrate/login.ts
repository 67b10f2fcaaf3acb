import type { Connection } from '../../connection/index.ts';
import { withDatabaseServer } from '../../dev/index.ts';
import { migratorConnection, type RoleNames, type Settings } from '../../settings/index.ts';
import { reporter } from '../output.ts';
import { configOf, type Project, settingsOf } from '../project.ts';

/** The role names from the settings, which migrations may use in grants. */
export async function roleNames(project: Project): Promise<RoleNames> {
	const { owner, migrator, app } = (await settingsOf(project, { roles: [] })).database;
	return { owner, migrator: migrator.username, app: app.username };
}

/** Calls `use` with the migrator's login, and keeps the server running meanwhile. */
export async function withMigratorLogin(
	project: Project,
	use: (connection: Connection, settings: Settings) => Promise<void>,
): Promise<void> {
	const settings = await settingsOf(project, { roles: ['migrator'] });
	const { root } = project;
	const options = { settings, root, config: await configOf(project), report: reporter(project) };
	await withDatabaseServer(options, (server) =>
		use(migratorConnection(server.settings, server.endpoint), server.settings),
	);
}
