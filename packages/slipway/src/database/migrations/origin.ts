import { hostname, userInfo } from 'node:os';

/** Who migrates, for the history and for those who wait: the operating system's user and the host name. */
export function migrationOrigin(): string {
	return `${username()}@${hostname()}`;
}

/** A container may run under a user id that has no name. */
function username(): string {
	try {
		return userInfo().username;
	} catch {
		return String(process.getuid?.() ?? 'unknown');
	}
}
