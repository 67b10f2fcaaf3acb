import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const configFileNames = [
	'slipway.config.ts',
	'slipway.config.mts',
	'slipway.config.mjs',
	'slipway.config.js',
	'slipway.config.cjs',
] as const;

/** The files in `folder` that contain a configuration. */
export function configFilesIn(folder: string): string[] {
	const files = configFileNames.filter((name) => existsSync(join(folder, name)));
	return packageField(folder) === undefined ? files : [...files, 'package.json'];
}

/** The field `slipway` of package.json. An invalid package.json is left for npm to report. */
export function packageField(folder: string): unknown {
	try {
		return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { slipway?: unknown }).slipway;
	} catch {
		return undefined;
	}
}

/**
 * The project that `folder` is part of: the closest folder, itself or above, with a configuration, or else the closest one
 * with a package.json. Undefined if there is neither.
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
