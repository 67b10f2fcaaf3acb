import { Option } from 'commander';
import type { Connection } from '../connection/index.ts';
import { findDevServer, notRunning } from '../dev/index.ts';
import {
	adminConnection,
	appConnection,
	type LoginRole,
	loginRoles,
	migratorConnection,
} from '../settings/index.ts';
import { type Project, settingsOf } from './project.ts';

export interface AsOption {
	readonly as: LoginRole;
}

/** `--as app|migrator|admin` */
export function asOption(): Option {
	return new Option('--as <role>', 'the role to log in as').choices(loginRoles).default('app');
}

/**
 * The login of a role to the dev database: on the server that the settings name, or else on the one that runs for this
 * checkout. Throws `not-running` where there is none.
 */
export async function devLogin(project: Project, role: LoginRole): Promise<Connection> {
	const settings = await settingsOf(project, { roles: [role] });
	const { name } = settings.database;
	const running = settings.provider === 'external' ? undefined : await findDevServer(project.root);
	if (running === undefined && settings.provider !== 'external') throw notRunning(project.root);
	if (role === 'app') return appConnection(settings, running?.admin);
	if (role === 'migrator') return migratorConnection(settings, running?.admin);
	return { ...(running?.admin ?? adminConnection(settings)), database: name };
}
