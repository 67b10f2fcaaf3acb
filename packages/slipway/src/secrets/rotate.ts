import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Connection, withClient } from '../connection/index.ts';
import { setPassword } from '../database/bootstrap/index.ts';
import { hasCode } from '../errors.ts';
import { createIgnoredFolder } from '../files.ts';
import {
	type EnvironmentSources,
	findPasswordSource,
	type LoginRole,
	nextPasswordFile,
	type PasswordSource,
	readSecret,
} from '../settings/index.ts';
import { newPassword } from './new-password.ts';
import { requireWritable, writable, writePassword, writeSecret } from './write.ts';

export interface Rotation {
	readonly role: LoginRole;
	readonly username: string;
	readonly sources: EnvironmentSources;
	readonly onWait?: (line: string) => void;
}

/**
 * Gives `username` a new password on the server and in its source, which is returned. The next password is in a file
 * from before the server has it until after the source has it. So at any moment, also after a crash, what the server
 * accepts is in one of the two, and running it again completes it.
 *
 * Throws `password-not-in-file`, `secret-not-writable`, `no-role` and what bootstrap throws.
 */
export async function rotatePassword(admin: Connection, rotation: Rotation): Promise<PasswordSource> {
	const { role, username, sources, onWait } = rotation;
	const source = findPasswordSource(sources, role);
	requireWritable(source);
	const login = role === 'admin' ? await acceptedLogin(admin, source) : admin;
	await setPassword(login, username, {
		...(onWait && { onWait }),
		choose: () => prepareNext(source),
		onChanged: (password) => {
			writePassword(source, password);
			rmSync(nextPasswordFile(source));
		},
	});
	return source;
}

/** After an interrupted rotation of its own, the admin's password may be the next one already. */
async function acceptedLogin(admin: Connection, source: PasswordSource): Promise<Connection> {
	const next = readSecret(nextPasswordFile(source));
	if (next === undefined) return admin;
	const login = { ...admin, password: next };
	try {
		await withClient(login, async () => {});
		return login;
	} catch (error) {
		if (hasCode(error, 'wrong-password')) return admin;
		throw error;
	}
}

/** The password of an interrupted rotation, which the server may have already, or else a new one. */
function prepareNext(source: PasswordSource): string {
	const file = nextPasswordFile(source);
	const interrupted = readSecret(file);
	if (interrupted !== undefined) return interrupted;
	const password = newPassword();
	if (source.isEnvFile) writable(file, () => createIgnoredFolder(dirname(file), 0o700));
	writeSecret(file, password);
	return password;
}
