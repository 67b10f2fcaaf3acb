import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, fromError, ok, warning } from '../finding.ts';
import { quick, type Server } from '../servers.ts';

/** Tries the three logins on each server. */
export async function checkPasswords({ servers }: DoctorContext): Promise<Finding[]> {
	const findings = await Promise.all((await servers).map(tryLogins));
	return findings.flat();
}

async function tryLogins(server: Server): Promise<Finding[]> {
	return await Promise.all([
		tryLogin(server, server.admin, server.fix),
		tryLogin(server, server.migrator, undefined),
		tryLogin(server, server.app, undefined),
	]);
}

async function tryLogin({ name }: Server, login: Connection, fix: string | undefined): Promise<Finding> {
	try {
		await withClient(login, async () => {}, quick);
		return ok(`${name(login)} accepts the password of "${login.username}"`);
	} catch (thrown) {
		if (!(thrown instanceof SlipwayError)) throw thrown;
		if (thrown.code !== 'wrong-password') return fromError(thrown, 'warning');
		const message = `${name(login)} does not accept the password of "${login.username}"`;
		if (fix !== undefined) return error(message, fix);
		return warning(message, 'Bootstrap sets the password: run docker compose up, or npx slipway bootstrap.');
	}
}
