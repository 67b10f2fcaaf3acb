import type { Connection } from '../../connection/index.ts';
import { withDatabaseServer } from '../../dev/index.ts';
import { migratorConnection, type RoleNames, type Settings } from '../../settings/index.ts';
import { type Project, settingsOf } from '../project.ts';

/** What the settings call the roles, and so what migrations may grant to. */
export async function roleNames(project: Project): Promise<RoleNames> {
	const { owner, migrator, app } = (await settingsOf(project, { roles: [] })).database;
	return { owner, migrator: migrator.username, app: app.username };
}

/** Lends `use` the migrator's login to the database, on a server that runs for as long. */
export async function withMigratorLogin(
	project: Project,
	use: (connection: Connection, settings: Settings) => Promise<void>,
): Promise<void> {
	const settings = await settingsOf(project, { roles: ['migrator'] });
	await withDatabaseServer(settings, project.root, (endpoint) =>
		use(migratorConnection(settings, endpoint), settings),
	);
}
