import { readEnvFile } from './env-file.ts';
import { type ParseOptions, parseSettings } from './parse-settings.ts';
import type { Variables } from './reader.ts';
import type { Settings } from './settings.ts';

export interface LoadedEnvironment {
	readonly variables: Variables;
	/** For each variable that is not from the environment, its origin, such as `.env:3`. */
	readonly origins: ReadonlyMap<string, string>;
}

/** Variables that apply where neither the environment nor `.env` sets them. */
export interface DefaultVariables {
	readonly variables: Variables;
	/** Where they come from, for messages. */
	readonly origin: string;
}

/** The settings of a process, from its environment, `envFile`, if that exists, and `defaults`. The environment wins. */
export function loadSettings(
	sources: {
		readonly environment: Variables;
		readonly envFile: string;
		readonly defaults?: DefaultVariables;
	},
	options: Omit<ParseOptions, 'origins'> = {},
): Settings {
	const { variables, origins } = readEnvironment(sources.environment, sources.envFile);
	const { variables: defaults = {}, origin = '' } = sources.defaults ?? {};
	const added = Object.entries(defaults).filter(([name, value]) => value !== undefined && !variables[name]);
	return parseSettings(
		{ ...variables, ...Object.fromEntries(added) },
		{ ...options, origins: new Map([...origins, ...added.map(([name]) => [name, origin] as const)]) },
	);
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
