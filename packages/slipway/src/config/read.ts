import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SlipwayError } from '../errors.ts';
import type { Config } from './config.ts';
import { configFilesIn } from './find.ts';
import { parseConfig } from './parse.ts';

/** A configuration, with the name of the file that it is from. */
export interface ConfigSource {
	readonly config: Config;
	/** Undefined where the project has none. */
	readonly file: string | undefined;
}

/** What the project in `root` says. Throws `invalid-config`, `config-not-loaded` and `two-configs`. */
export async function readConfig(root: string): Promise<ConfigSource> {
	const field = packageField(root);
	const files = [...configFilesIn(root), ...(field === undefined ? [] : ['package.json'])];
	if (files.length > 1) throw twoConfigs(root, files);
	const [file] = files;
	if (file === undefined) return { config: {}, file };
	const value = file === 'package.json' ? field : await importConfig(root, file);
	return { config: parseConfig(value, file), file };
}

/** The field `slipway` of package.json. A package.json that is broken is npm's to report. */
function packageField(root: string): unknown {
	try {
		return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { slipway?: unknown }).slipway;
	} catch {
		return undefined;
	}
}

async function importConfig(root: string, file: string): Promise<unknown> {
	let module: { readonly default?: unknown };
	try {
		module = await import(pathToFileURL(join(root, file)).href);
	} catch (cause) {
		throw notLoaded(file, cause);
	}
	if (module.default !== undefined) return module.default;
	throw new SlipwayError(
		'config-not-loaded',
		`${file} has no default export`,
		'Export the configuration: export default defineConfig({ … });',
	);
}

function notLoaded(file: string, cause: unknown): SlipwayError {
	const message = cause instanceof Error ? cause.message : String(cause);
	const { code } = cause as { code?: unknown };
	const needsNewerNode = code === 'ERR_UNKNOWN_FILE_EXTENSION';
	return new SlipwayError(
		'config-not-loaded',
		`${file} could not be loaded: ${message}`,
		needsNewerNode
			? `Node ${process.versions.node} does not run TypeScript: use Node 22.18 or later, or rename the file to slipway.config.mjs.`
			: 'Correct the file; --verbose shows where the error comes from.',
		{ cause },
	);
}

function twoConfigs(root: string, files: readonly string[]): SlipwayError {
	return new SlipwayError(
		'two-configs',
		`${root} has more than one configuration: ${files.join(', ')}`,
		'Keep one of them.',
	);
}
