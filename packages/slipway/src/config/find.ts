import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const configFileNames = [
	'slipway.config.ts',
	'slipway.config.mts',
	'slipway.config.mjs',
	'slipway.config.js',
	'slipway.config.cjs',
] as const;

/** The names of the configuration files in `folder`. */
export function configFilesIn(folder: string): string[] {
	return configFileNames.filter((name) => existsSync(join(folder, name)));
}

/**
 * The project that `folder` is part of: the closest folder from there upwards with a configuration file, or else the closest
 * one with a package.json. Undefined where there is neither.
 */
export function findProjectRoot(folder: string): string | undefined {
	const folders = [...upwardsFrom(resolve(folder))];
	return (
		folders.find((each) => configFilesIn(each).length > 0) ??
		folders.find((each) => existsSync(join(each, 'package.json')))
	);
}

function* upwardsFrom(folder: string): Generator<string> {
	yield folder;
	if (dirname(folder) !== folder) yield* upwardsFrom(dirname(folder));
}
