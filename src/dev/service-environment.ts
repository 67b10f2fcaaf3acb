import type { Connection } from '../connection/index.ts';

/**
 * What the service gets of `inherited`, with the app's login and no other password. The names of the other roles stay:
 * the service checks that all are different. A variable that is empty counts as not set, and keeps a `.env` from
 * saying otherwise.
 */
export function serviceEnvironment(inherited: NodeJS.ProcessEnv, app: Connection): NodeJS.ProcessEnv {
	const { DB_ADMIN_PASSWORD: _admin, DB_MIGRATOR_PASSWORD: _migrator, ...others } = inherited;
	return {
		...others,
		DB_ADMIN_PASSWORD_FILE: '',
		DB_MIGRATOR_PASSWORD_FILE: '',
		DATABASE_URL: '',
		DATABASE_URL_FILE: '',
		DB_HOST: app.host,
		DB_PORT: String(app.port),
		DB_SSLMODE: app.sslMode,
		DB_USERNAME: app.username,
		DB_PASSWORD: app.password,
		DB_PASSWORD_FILE: '',
		DATABASE_NAME: app.database,
	};
}
