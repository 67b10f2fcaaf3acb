import { readEnvFile } from './env-file.ts';
import { type ParseOptions, parseSettings } from './parse-settings.ts';
import type { Variables } from './reader.ts';
import type { Settings } from './settings.ts';

export interface LoadedEnvironment {
	readonly variables: Variables;
	/** For each variable that is not from the environment, its origin, such as `.env:3`. */
	readonly origins: ReadonlyMap<string, string>;
}

/** The settings of a process, from its environment and from `envFile`, if that exists. The environment wins. */
export function loadSettings(
	sources: { readonly environment: Variables; readonly envFile: string },
	options: Pick<ParseOptions, 'roles'> = {},
): Settings {
	const { variables, origins } = readEnvironment(sources.environment, sources.envFile);
	return parseSettings(variables, { ...options, origins });
}

/**
 * Adds to `environment` the variables that only `envFile` sets. An empty variable wins as well, so that a single run
 * can override a line of the file with nothing. Throws `invalid-env-file`, which lists all errors in the file.
 */
export function readEnvironment(environment: Variables, envFile: string): LoadedEnvironment {
	const added = [...readEnvFile(envFile)].filter(([name]) => environment[name] === undefined);
	return {
		variables: { ...environment, ...Object.fromEntries(added.map(([name, { value }]) => [name, value])) },
		origins: new Map(added.map(([name, { line }]) => [name, `${envFile}:${line}`])),
	};
}
