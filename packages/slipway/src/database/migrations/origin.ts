import { hostname, userInfo } from 'node:os';

/** Who migrates, for the history and for those who wait: the system's user and machine. */
export function migrationOrigin(): string {
	return `${username()}@${hostname()}`;
}

/** A container may run under a number that has no name. */
function username(): string {
	try {
		return userInfo().username;
	} catch {
		return String(process.getuid?.() ?? 'unknown');
	}
}
