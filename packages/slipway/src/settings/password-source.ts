import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { readEnvFile } from './env-file.ts';
import { readEnvironment } from './environment.ts';
import type { Variables } from './reader.ts';
import type { LoginRole } from './settings.ts';
import { readTextFile } from './text-file.ts';

/** Where the password of a role is written, so that it can be changed and read again. */
export interface PasswordSource {
	/** `DB_PASSWORD` and so on. */
	readonly variable: string;
	/** `.env`, or the file that contains nothing but the password. */
	readonly file: string;
	/** Whether `file` is `.env`. */
	readonly isEnvFile: boolean;
	/** Whether the variable is set there. */
	readonly isSet: boolean;
}

export interface EnvironmentSources {
	readonly environment: Variables;
	readonly envFile: string;
}

export const passwordVariables: Readonly<Record<LoginRole, string>> = {
	app: 'DB_PASSWORD',
	migrator: 'DB_MIGRATOR_PASSWORD',
	admin: 'DB_ADMIN_PASSWORD',
};

/**
 * Where `role`'s password is, or, if it has the default one, where it would be. Throws `password-not-in-file` if it is
 * in the environment of this process or in `DATABASE_URL`, which only the user can change.
 */
export function findPasswordSource(sources: EnvironmentSources, role: LoginRole): PasswordSource {
	const variable = passwordVariables[role];
	const { variables, origins } = readEnvironment(sources.environment, sources.envFile);
	const file = variables[`${variable}_FILE`];
	if (file) return { variable, file: resolve(file), isEnvFile: false, isSet: existsSync(file) };
	const isSet = Boolean(variables[variable]);
	if (isSet && !origins.has(variable)) throw notInFile(`${variable} is set in the environment`, variable);
	if (!isSet && role === 'app' && (variables.DATABASE_URL || variables.DATABASE_URL_FILE))
		throw notInFile('DATABASE_URL contains the password', variable);
	return { variable, file: sources.envFile, isEnvFile: true, isSet };
}

/** Where a rotation keeps the next password until it is in its source: what the server accepts is in one of the two. */
export function nextPasswordFile({ variable, file, isEnvFile }: PasswordSource): string {
	return isEnvFile ? join(dirname(file), '.slipway', `${variable}.next`) : `${file}.next`;
}

/**
 * What the password of `role` may be now, most likely first: its source is read again, and the one that a rotation is
 * about to set. None if it is not in a file.
 */
export function readPasswords(sources: EnvironmentSources, role: LoginRole): readonly string[] {
	try {
		const source = findPasswordSource(sources, role);
		return [readPasswordIn(source), readSecret(nextPasswordFile(source))].filter(
			(each) => each !== undefined,
		);
	} catch (error) {
		if (error instanceof SlipwayError) return []; // The file is being edited, or there is none.
		throw error;
	}
}

export function readPasswordIn({ variable, file, isEnvFile }: PasswordSource): string | undefined {
	return isEnvFile ? readEnvFile(file).get(variable)?.value : readSecret(file);
}

/** The text of a secret file without its line end; undefined if it cannot be read or is empty. */
export function readSecret(path: string): string | undefined {
	const file = readTextFile(path);
	return ('text' in file && file.text.replace(/\r?\n$/, '')) || undefined;
}

function notInFile(reason: string, variable: string): SlipwayError {
	return new SlipwayError(
		'password-not-in-file',
		`the password cannot be changed in place: ${reason}`,
		`Put the password in .env as ${variable}, or in a file that ${variable}_FILE names, and nowhere else.`,
	);
}
