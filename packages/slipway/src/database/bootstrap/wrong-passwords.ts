import { type Endpoint, withClient } from '../../connection/index.ts';
import { hasCode } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import type { ServerState } from './server-state.ts';

/** The existing roles for which a login with the password in the settings fails. */
export async function findWrongPasswords(
	endpoint: Endpoint,
	{ roles }: ServerState,
	{ name: database, migrator, app }: DatabaseSettings,
): Promise<ReadonlySet<string>> {
	const unique = new Map([migrator, app].map((each) => [each.username, each]));
	const logins = [...unique.values()].filter(({ username }) => roles.some(({ name }) => name === username));
	const attempts = logins.map(async (credentials) => {
		const accepted = await acceptsPassword({ ...endpoint, database, ...credentials });
		return accepted ? [] : [credentials.username];
	});
	return new Set((await Promise.all(attempts)).flat());
}

/** The server checks the password first, so a login refused for another reason had the right password. */
async function acceptsPassword(connection: Parameters<typeof withClient>[0]): Promise<boolean> {
	try {
		await withClient(connection, async () => {});
		return true;
	} catch (error) {
		return !hasCode(error, 'wrong-password');
	}
}
