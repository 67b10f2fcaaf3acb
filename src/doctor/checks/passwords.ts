import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { adminConnection, appConnection, migratorConnection, type Settings } from '../../settings/index.ts';
import { error, type Finding, fromFault, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';

interface Server {
	readonly name: string;
	readonly endpoint: Settings['endpoint'];
	/** What to do about a wrong password of the admin's. */
	readonly mend: string;
}

/** Tries the three logins on the stack's server when it runs, else on the one that the settings name. */
export async function checkPasswords(site: Site): Promise<Finding[]> {
	const { settings } = site;
	if (settings instanceof SlipwayError) return [];
	const server = serverOf(site, settings);
	if (server === undefined) return [];
	const logins = [
		{ login: adminConnection(settings, server.endpoint), mend: server.mend },
		{ login: migratorConnection(settings, server.endpoint), mend: undefined },
		{ login: appConnection(settings, server.endpoint), mend: undefined },
	];
	return await Promise.all(logins.map(({ login, mend }) => tryLogin(server, login, mend)));
}

function serverOf({ stack }: Site, settings: Settings): Server | undefined {
	const container = stack?.containers.find(
		({ project, service }) => project === stack.project && service === 'db',
	);
	const port = container?.ports[0];
	if (port !== undefined)
		return {
			name: "the stack's server",
			endpoint: { host: '127.0.0.1', port, sslMode: 'disable' },
			mend: `Set DB_ADMIN_PASSWORD to the one that the volume was made with, or give the admin this one: docker compose exec -u postgres db psql -U ${settings.admin.username} -d postgres -c '\\password'`,
		};
	if (settings.provider !== 'external') return undefined;
	const { host, port: named } = settings.endpoint;
	return {
		name: `the server on ${host}:${named}`,
		endpoint: settings.endpoint,
		mend: 'Correct DB_ADMIN_PASSWORD.',
	};
}

async function tryLogin({ name }: Server, login: Connection, mend: string | undefined): Promise<Finding> {
	try {
		await withClient(login, async () => {});
		return ok(`${name} accepts the password of "${login.username}"`);
	} catch (fault) {
		if (!(fault instanceof SlipwayError)) throw fault;
		if (fault.code !== 'wrong-password') return fromFault(fault, 'warning');
		const message = `${name} does not accept the password of "${login.username}"`;
		if (mend !== undefined) return error(message, mend);
		return warning(message, 'Bootstrap puts it right: docker compose up, or scripts/bootstrap-db.');
	}
}
