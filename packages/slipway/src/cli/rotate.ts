import type { Connection } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { rotatePassword } from '../secrets/index.ts';
import { hasOneRole, type LoginRole, type Settings } from '../settings/index.ts';
import { print, reporter } from './output.ts';
import { envFileOf, fromHere, type Project } from './project.ts';

interface Target {
	readonly admin: Connection;
	readonly settings: Settings;
	/** Whether it is the dev server, whose admin is not in the settings. */
	readonly own: boolean;
}

/** `bootstrap --rotate ROLE` */
export async function rotate(
	project: Project,
	{ admin, settings, own }: Target,
	chosen: LoginRole,
	json: boolean,
): Promise<void> {
	if (chosen === 'admin' && own) throw ownAdmin();
	const role = chosen === 'migrator' && hasOneRole(settings.database) ? 'app' : chosen;
	const { username } = role === 'admin' ? settings.admin : settings.database[role];
	const sources = { environment: project.environment, envFile: envFileOf(project) };
	const { variable, file } = await rotatePassword(admin, {
		role,
		username,
		sources,
		onWait: reporter(project),
	});
	if (json) print(JSON.stringify({ role: username, variable, file }));
	else print(`changed the password of role "${username}"; the new one is in ${fromHere(file)}`);
}

function ownAdmin(): SlipwayError {
	return new SlipwayError(
		'own-admin',
		"the password of the dev server's admin is not in the settings: Slipway made it, and keeps it with the data",
		'Rotate the app or the migrator, or name a server in the settings: DB_HOST.',
	);
}
