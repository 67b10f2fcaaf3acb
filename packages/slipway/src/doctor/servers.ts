import type { Connection } from '../connection/index.ts';
import type { Settings } from '../settings/index.ts';
import type { DoctorContext } from './context.ts';

/** A server that the settings describe. */
export interface Server {
	/** How messages about a login refer to it. */
	readonly name: (login: Connection) => string;
	/** Nothing but this project uses it. */
	readonly dedicated: boolean;
	/** Default: the endpoints in the settings, of which the app and the migrator may have different ones. */
	readonly endpoint?: Settings['endpoint'];
	/** How to fix a wrong admin password. */
	readonly fix: string;
}

/** The stack's server, if it is running, and the server that the settings name. */
export function serversOf({ stack }: DoctorContext, settings: Settings): Server[] {
	const { endpoint } = settings;
	const published = stack?.containers.find(
		({ project, service }) => project === stack.project && service === 'db',
	)?.ports[0];
	const isNamed = settings.provider === 'external';
	const isSame = endpoint.port === published && /^(localhost|127\.0\.0\.1|::1)$/.test(endpoint.host);
	return [
		...(published === undefined ? [] : [stackServer(published, settings)]),
		...(isNamed && !isSame ? [namedServer] : []),
	];
}

function stackServer(port: number, { admin }: Settings): Server {
	return {
		name: () => "the stack's server",
		dedicated: true,
		endpoint: { host: '127.0.0.1', port, sslMode: 'disable' },
		fix: `Set DB_ADMIN_PASSWORD to the password that the volume was created with, or change the admin's password: docker compose exec -u postgres db psql -U ${admin.username} -d postgres -c '\\password'`,
	};
}

const namedServer: Server = {
	name: ({ host, port }) => `the server on ${host}:${port}`,
	dedicated: false,
	fix: 'Correct DB_ADMIN_PASSWORD.',
};
