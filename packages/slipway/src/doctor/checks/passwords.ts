import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { adminConnection, appConnection, migratorConnection, type Settings } from '../../settings/index.ts';
import { error, type Finding, fromFault, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';

interface Server {
	readonly name: (login: Connection) => string;
	/** Default: where the settings say. */
	readonly endpoint?: Settings['endpoint'];
	/** What to do about a wrong password of the admin's. */
	readonly mend: string;
}

/** Tries the three logins on the stack's server when it runs, and on the one that the settings name. */
export async function checkPasswords(site: Site): Promise<Finding[]> {
	const { settings } = site;
	if (settings instanceof SlipwayError) return [];
	const findings = await Promise.all(serversOf(site, settings).map((server) => tryLogins(server, settings)));
	return findings.flat();
}

function serversOf({ stack }: Site, settings: Settings): Server[] {
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
		endpoint: { host: '127.0.0.1', port, sslMode: 'disable' },
		mend: `Set DB_ADMIN_PASSWORD to the one that the volume was made with, or give the admin this one: docker compose exec -u postgres db psql -U ${admin.username} -d postgres -c '\\password'`,
	};
}

const namedServer: Server = {
	name: ({ host, port }) => `the server on ${host}:${port}`,
	mend: 'Correct DB_ADMIN_PASSWORD.',
};

async function tryLogins(server: Server, settings: Settings): Promise<Finding[]> {
	return await Promise.all([
		tryLogin(server, adminConnection(settings, server.endpoint), server.mend),
		tryLogin(server, migratorConnection(settings, server.endpoint), undefined),
		tryLogin(server, appConnection(settings, server.endpoint), undefined),
	]);
}

async function tryLogin({ name }: Server, login: Connection, mend: string | undefined): Promise<Finding> {
	try {
		await withClient(login, async () => {});
		return ok(`${name(login)} accepts the password of "${login.username}"`);
	} catch (fault) {
		if (!(fault instanceof SlipwayError)) throw fault;
		if (fault.code !== 'wrong-password') return fromFault(fault, 'warning');
		const message = `${name(login)} does not accept the password of "${login.username}"`;
		if (mend !== undefined) return error(message, mend);
		return warning(message, 'Bootstrap puts it right: docker compose up, or scripts/bootstrap-db.');
	}
}
