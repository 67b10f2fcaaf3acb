import type { Connection } from '../connection/index.ts';
import { appVariables } from '../settings/index.ts';

/**
 * What the service gets of `inherited`, with the app's login and no other password. The names of the other roles stay:
 * the service checks that all are different.
 */
export function serviceEnvironment(inherited: NodeJS.ProcessEnv, app: Connection): NodeJS.ProcessEnv {
	const { DB_ADMIN_PASSWORD: _admin, DB_MIGRATOR_PASSWORD: _migrator, ...others } = inherited;
	return {
		...others,
		DB_ADMIN_PASSWORD_FILE: '',
		DB_MIGRATOR_PASSWORD_FILE: '',
		...appVariables(app),
	};
}
