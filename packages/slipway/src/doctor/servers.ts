import type { Sql } from 'postgres';
import type { ResolvedConfig } from '../config/index.ts';
import {
	addressesOf,
	type Connection,
	describeServers,
	type Endpoint,
	withClient,
} from '../connection/index.ts';
import { findDevServer, settingsInUse } from '../dev/index.ts';
import { SlipwayError } from '../errors.ts';
import { adminConnection, appConnection, migratorConnection, type Settings } from '../settings/index.ts';
import type { Finding } from './finding.ts';
import type { RunnableStack } from './stack.ts';

/** Whether `host` is a name of this machine that leads back to it. */
export const isThisMachine = (host: string) => /^(localhost|127(\.\d+){3}|::1)$/.test(host);

/** A server that runs, with the logins that the settings give it. */
export interface Server {
	/** How messages about a login refer to it. */
	readonly name: (login: Endpoint) => string;
	/** Nothing but this project uses it. */
	readonly dedicated: boolean;
	readonly admin: Connection;
	readonly migrator: Connection;
	readonly app: Connection;
	/** What bootstrap sets up there. */
	readonly database: Settings['database'];
	/** How to fix a wrong admin password. */
	readonly fix: string;
	/** Runs SQL as the admin, up to the SQL itself. */
	readonly psql: string;
}

/** The dev server and the stack's server, if they are running, and the server that the settings name. */
export async function findServers(
	{ root, config }: Project,
	settings: Settings,
	stack: Promise<RunnableStack | undefined>,
): Promise<readonly Server[]> {
	const current = config === undefined ? settings : settingsInUse(root, config, settings);
	const [dev, published] = await Promise.all([devServer(root, current), stack.then(publishedPort)]);
	const { endpoint } = settings;
	const isNamed = settings.provider === 'external';
	const isSame = addressesOf(endpoint).some(({ host, port }) => port === published && isThisMachine(host));
	return [
		...dev,
		...(published === undefined ? [] : [stackServer(published, settings)]),
		...(isNamed && !isSame ? [namedServer(current)] : []),
	];
}

interface Project {
	readonly root: string;
	readonly config: ResolvedConfig | undefined;
}

/**
 * Calls `look` with a client of each server that accepts the login. The check `passwords` reports the others.
 */
export async function lookAtServers(
	servers: Promise<readonly Server[]>,
	login: 'admin' | 'migrator',
	look: (sql: Sql, server: Server) => Promise<readonly Finding[]>,
): Promise<Finding[]> {
	const found = await Promise.all(
		(await servers).map((server) =>
			withClient(server[login], (sql) => look(sql, server), quick).catch((error: unknown) => {
				if (error instanceof SlipwayError) return [];
				throw error;
			}),
		),
	);
	return found.flat();
}

/** The name of the doctor's sessions. */
export const doctorName = 'slipway doctor';

/** A server that does not answer must not keep this process alive. */
export const quick = { keepsAlive: false, connectTimeout: 2, applicationName: doctorName };

/** Without an endpoint, on the server that the settings name. */
const loginsOf = (settings: Settings, endpoint?: Endpoint) => ({
	admin: adminConnection(settings, endpoint),
	migrator: migratorConnection(settings, endpoint),
	app: appConnection(settings, endpoint),
	database: settings.database,
});

async function devServer(root: string, settings: Settings): Promise<Server[]> {
	// The check `embedded data` reports damaged files.
	const running = await findDevServer(root).catch(() => undefined);
	if (running === undefined) return [];
	const { admin } = running;
	return [
		{
			name: () => 'the dev server',
			dedicated: true,
			...loginsOf(settings, admin),
			admin,
			fix: 'Restart it.',
			psql: 'npx slipway psql --as admin -- -c',
		},
	];
}

const publishedPort = (stack: RunnableStack | undefined) =>
	stack?.containers.find(({ project, service }) => project === stack.project && service === 'db')?.ports[0];

function stackServer(port: number, settings: Settings): Server {
	const endpoint: Endpoint = { host: '127.0.0.1', port, sslMode: 'disable' };
	const psql = `docker compose exec -u postgres db psql -U ${settings.admin.username} -d postgres -c`;
	return {
		name: () => "the stack's server",
		dedicated: true,
		...loginsOf(settings, endpoint),
		fix: 'Set DB_ADMIN_PASSWORD to the password that the volume was created with, or give the admin the one in the settings: npx slipway secrets admin',
		psql,
	};
}

function namedServer(settings: Settings): Server {
	return {
		name: (login) => `the server on ${describeServers(login)}`,
		dedicated: false,
		...loginsOf(settings),
		fix: 'Correct DB_ADMIN_PASSWORD.',
		psql: 'npx slipway psql --as admin -- -c',
	};
}
