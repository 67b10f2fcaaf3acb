import { addressesOf, type Connection, type Endpoint, maintenanceDatabase } from '../connection/index.ts';
import type { Settings } from './settings.ts';

type Needed = Pick<Settings, 'admin' | 'database' | 'endpoint' | 'migratorEndpoint'>;

/** The app's login to the service's database. Pass `endpoint` for a server that the settings do not name. */
export function appConnection(settings: Needed, endpoint: Endpoint = settings.endpoint): Connection {
	return connect(endpoint, settings.database.app, settings.database.name);
}

/** The migrator's login to the service's database. */
export function migratorConnection(
	settings: Needed,
	endpoint: Endpoint = settings.migratorEndpoint,
): Connection {
	return connect(endpoint, settings.database.migrator, settings.database.name);
}

/** The admin's login to the database `postgres`, from which bootstrap creates the service's database. */
export function adminConnection(
	settings: Needed,
	endpoint: Endpoint = settings.migratorEndpoint,
): Connection {
	return connect(endpoint, settings.admin, maintenanceDatabase);
}

/**
 * The login `app` as variables for a child process. Variables that would contradict it are empty, which counts as not
 * set and overrides a `.env`.
 */
export function appVariables(app: Connection): Record<string, string> {
	const addresses = addressesOf(app);
	const { rootCert = '', cert = '', key = '' } = app.tlsFiles ?? {};
	return {
		DATABASE_URL: '',
		DATABASE_URL_FILE: '',
		DB_READ_URL: '',
		DB_READ_URL_FILE: '',
		DB_HOST: addresses.map(({ host }) => host).join(),
		DB_PORT: addresses.map(({ port }) => port).join(),
		DB_SSLMODE: app.sslMode,
		DB_SSLROOTCERT: rootCert,
		DB_SSLCERT: cert,
		DB_SSLKEY: key,
		DB_USERNAME: app.username,
		DB_PASSWORD: app.password,
		DB_PASSWORD_FILE: '',
		DATABASE_NAME: app.database,
	};
}

function connect(
	{ host, port, sslMode, sslRootCert, tlsFiles, choice }: Endpoint,
	{ username, password }: Settings['admin'],
	database: string,
): Connection {
	const optional = {
		...(sslRootCert && { sslRootCert }),
		...(tlsFiles && { tlsFiles }),
		...(choice && { choice }),
	};
	return { host, port, sslMode, ...optional, username, password, database };
}
