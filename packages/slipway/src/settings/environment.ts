import { readEnvFile } from './env-file.ts';
import { type ParseOptions, parseSettings } from './parse-settings.ts';
import type { Variables } from './reader.ts';
import type { Settings } from './settings.ts';

export interface LoadedEnvironment {
	readonly variables: Variables;
	/** Where a variable comes from, such as `.env:3`, where it is not the environment. */
	readonly origins: ReadonlyMap<string, string>;
}

/** Variables that count where neither the environment nor `.env` sets them. */
export interface DefaultVariables {
	readonly variables: Variables;
	/** Where they come from, for messages. */
	readonly origin: string;
}

/** The settings of a process: its environment and, below it, the file `envFile` where there is one, and `defaults`. */
export function loadSettings(
	sources: {
		readonly environment: Variables;
		readonly envFile: string;
		readonly defaults?: DefaultVariables;
	},
	options: Pick<ParseOptions, 'roles'> = {},
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
 * `environment` with what only `envFile` has. A variable that is set but empty wins too: that is how a single
 * run goes without a line of the file. Throws `invalid-env-file` with all faults of the file.
 */
export function readEnvironment(environment: Variables, envFile: string): LoadedEnvironment {
	const added = [...readEnvFile(envFile)].filter(([name]) => environment[name] === undefined);
	return {
		variables: { ...environment, ...Object.fromEntries(added.map(([name, { value }]) => [name, value])) },
		origins: new Map(added.map(([name, { line }]) => [name, `${envFile}:${line}`])),
	};
}
