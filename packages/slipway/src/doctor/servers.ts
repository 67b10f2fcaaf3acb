import type { Connection } from '../connection/index.ts';
import type { Settings } from '../settings/index.ts';
import type { Site } from './site.ts';

/** One whose database the settings describe. */
export interface Server {
	/** As messages about a login have it. */
	readonly name: (login: Connection) => string;
	/** Nobody else uses it. */
	readonly dedicated: boolean;
	/** Default: where the settings say, which may be different places for the app and the others. */
	readonly endpoint?: Settings['endpoint'];
	/** What to do about a wrong password of the admin's. */
	readonly mend: string;
}

/** The stack's server when it runs, and the one that the settings name. */
export function serversOf({ stack }: Site, settings: Settings): Server[] {
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
		mend: `Set DB_ADMIN_PASSWORD to the one that the volume was made with, or give the admin this one: docker compose exec -u postgres db psql -U ${admin.username} -d postgres -c '\\password'`,
	};
}

const namedServer: Server = {
	name: ({ host, port }) => `the server on ${host}:${port}`,
	dedicated: false,
	mend: 'Correct DB_ADMIN_PASSWORD.',
};
