import { chownSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hasCode } from '../errors.ts';
import { ignoreFile } from '../files.ts';
import {
	type EnvironmentSources,
	findPasswordSource,
	type LoginRole,
	type PasswordSource,
	passwordVariables,
} from '../settings/index.ts';
import { setInEnvFile } from './env-file.ts';
import { newPassword } from './new-password.ts';
import { writable, writePassword, writeSecret } from './write.ts';

export interface GenerateOptions {
	readonly roles: readonly LoginRole[];
	/** The folder for a file per password, which `.env` then names. Default: the passwords are in `.env`. */
	readonly folder?: string | undefined;
	/** The id of the user that gets these files. Default: the user of this process. */
	readonly owner?: number | undefined;
}

/** What became of the password of a role. */
export interface Generated {
	readonly variable: string;
	/** The file that the password was written to; undefined if it was set already. */
	readonly file?: string;
}

/** Writes random passwords for the roles that have none yet. Those that are set stay: the server may have them. */
export function generateSecrets(sources: EnvironmentSources, options: GenerateOptions): readonly Generated[] {
	return options.roles.map((role) => {
		const variable = passwordVariables[role];
		const source = findUnset(sources, role);
		if (source === undefined) return { variable };
		const isOwnFile = source.isEnvFile && options.folder !== undefined;
		const file = isOwnFile ? join(resolve(options.folder), variable.toLowerCase()) : source.file;
		if (!isOwnFile) writePassword(source, newPassword());
		else writeFileFor(sources.envFile, `${variable}_FILE`, file, options.owner);
		return { variable, file };
	});
}

/** Undefined if the password is set: in a file, in the environment or in `DATABASE_URL`. */
function findUnset(sources: EnvironmentSources, role: LoginRole): PasswordSource | undefined {
	try {
		const source = findPasswordSource(sources, role);
		return source.isSet ? undefined : source;
	} catch (error) {
		if (hasCode(error, 'password-not-in-file')) return undefined;
		throw error;
	}
}

/** The file first, so that `.env` never names one that does not exist. */
function writeFileFor(envFile: string, variable: string, file: string, owner: number | undefined): void {
	writable(file, () => ignoreFile(file));
	if (!existsSync(file)) writeSecret(file, newPassword());
	writable(file, () => owner !== undefined && chownSync(file, owner, owner));
	setInEnvFile(envFile, variable, file);
}
