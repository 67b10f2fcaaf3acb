import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { adminConnection, appConnection, migratorConnection, type Settings } from '../../settings/index.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, fromError, ok, warning } from '../finding.ts';
import { type Server, serversOf } from '../servers.ts';

/** Tries the three logins on the stack's server, if it is running, and on the server that the settings name. */
export async function checkPasswords(context: DoctorContext): Promise<Finding[]> {
	const { settings } = context;
	if (settings instanceof SlipwayError) return [];
	const findings = await Promise.all(
		serversOf(context, settings).map((server) => tryLogins(server, settings)),
	);
	return findings.flat();
}

async function tryLogins(server: Server, settings: Settings): Promise<Finding[]> {
	return await Promise.all([
		tryLogin(server, adminConnection(settings, server.endpoint), server.fix),
		tryLogin(server, migratorConnection(settings, server.endpoint), undefined),
		tryLogin(server, appConnection(settings, server.endpoint), undefined),
	]);
}

async function tryLogin({ name }: Server, login: Connection, fix: string | undefined): Promise<Finding> {
	try {
		await withClient(login, async () => {});
		return ok(`${name(login)} accepts the password of "${login.username}"`);
	} catch (thrown) {
		if (!(thrown instanceof SlipwayError)) throw thrown;
		if (thrown.code !== 'wrong-password') return fromError(thrown, 'warning');
		const message = `${name(login)} does not accept the password of "${login.username}"`;
		if (fix !== undefined) return error(message, fix);
		return warning(message, 'Bootstrap sets the password: run docker compose up, or npx slipway bootstrap.');
	}
}
