import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { adminConnection, appConnection, migratorConnection, type Settings } from '../../settings/index.ts';
import { error, type Finding, fromFault, ok, warning } from '../finding.ts';
import { type Server, serversOf } from '../servers.ts';
import type { Site } from '../site.ts';

/** Tries the three logins on the stack's server when it runs, and on the one that the settings name. */
export async function checkPasswords(site: Site): Promise<Finding[]> {
	const { settings } = site;
	if (settings instanceof SlipwayError) return [];
	const findings = await Promise.all(serversOf(site, settings).map((server) => tryLogins(server, settings)));
	return findings.flat();
}

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
