import { Option } from 'commander';
import type { Connection } from '../connection/index.ts';
import { findDevServer, notRunning, onBranch } from '../dev/index.ts';
import {
	adminConnection,
	appConnection,
	type LoginRole,
	loginRoles,
	migratorConnection,
} from '../settings/index.ts';
import { reporter } from './output.ts';
import { configOf, type Project, settingsOf } from './project.ts';

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
	const { root } = project;
	const running = settings.provider === 'external' ? undefined : await findDevServer(root);
	if (running === undefined && settings.provider !== 'external') throw notRunning(root);
	const [endpoint, admin] = [running?.admin, running?.admin ?? adminConnection(settings)];
	const options = {
		root,
		config: await configOf(project),
		admin,
		endpoint,
		report: reporter(project),
	};
	const current = await onBranch({ ...options, settings });
	if (role === 'app') return appConnection(current, endpoint);
	if (role === 'migrator') return migratorConnection(current, endpoint);
	return { ...admin, database: current.database.name };
}
