import { join } from 'node:path';
import { SlipwayError } from '../errors.ts';
import type { Config } from './config.ts';
import { configFilesIn, packageField } from './find.ts';
import { importFile } from './import-file.ts';
import { parseConfig } from './parse.ts';

/** A configuration and the path of its file. */
export interface ConfigSource {
	readonly config: Config;
	/** Undefined if the project has no configuration. */
	readonly file: string | undefined;
}

/** The configuration of the project in `root`. Throws `invalid-config`, `config-not-loaded` and `two-configs`. */
export async function readConfig(root: string): Promise<ConfigSource> {
	const names = configFilesIn(root);
	if (names.length > 1) throw twoConfigs(root, names);
	const [name] = names;
	if (name === undefined) return { config: {}, file: undefined };
	const file = join(root, name);
	const value = name === 'package.json' ? packageField(root) : await importConfig(file);
	return { config: parseConfig(value, name === 'package.json' ? `"slipway" in ${file}` : file), file };
}

async function importConfig(file: string): Promise<unknown> {
	let module: { readonly default?: unknown };
	try {
		module = await importFile(file);
	} catch (cause) {
		throw notLoaded(file, cause);
	}
	if (module.default === undefined) throw noExport(file, 'export default defineConfig({ … });');
	// Node 23 and later mark CommonJS. There, a forgotten export is an empty object.
	if ('module.exports' in module && isEmpty(module.default)) throw noExport(file, 'module.exports = { … };');
	return module.default;
}

const isEmpty = (value: unknown) =>
	typeof value === 'object' && value !== null && Object.keys(value).length === 0;

function noExport(file: string, example: string): SlipwayError {
	return new SlipwayError(
		'config-not-loaded',
		`${file} does not export a configuration`,
		`Export it: ${example}`,
	);
}

function notLoaded(file: string, cause: unknown): SlipwayError {
	const message = cause instanceof Error ? cause.message : String(cause);
	const isTypeScriptRefused =
		cause instanceof Error &&
		(cause as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION' &&
		!process.features.typescript;
	return new SlipwayError(
		'config-not-loaded',
		`${file} could not be loaded: ${message}`,
		isTypeScriptRefused
			? `Node ${process.versions.node} does not run TypeScript. Use Node 22.18 or later, or rename the file to slipway.config.mjs.`
			: 'Correct the file. Run with --verbose for details.',
		{ cause },
	);
}

function twoConfigs(root: string, names: readonly string[]): SlipwayError {
	return new SlipwayError(
		'two-configs',
		`${root} has more than one configuration: ${names.join(', ')}`,
		'Keep one of them. In package.json, the field "slipway" is a configuration.',
	);
}
