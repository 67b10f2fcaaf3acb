import {
	extensionsKind,
	findProjectRoot,
	loadConfig,
	problemsOf,
	providerKind,
	type ResolvedConfig,
	rolesKind,
	type Shape,
	secretObject,
	string,
	stringOrFalse,
	stringOrStrings,
	stringRecord,
} from './config/index.ts';
import { SlipwayError } from './errors.ts';
import type { StartServerOptions } from './postgres/index.ts';
import { ownProviderNames } from './provider-names.ts';
import type { DatabaseSettings, RoleNames } from './settings/index.ts';

export interface StartPostgresOptions extends StartServerOptions {
	/** The folder with the migrations to apply; `false` for none. Default: the project's. */
	readonly migrations?: string | false;
	/** Names and passwords; by default a database `app` with passwords that nobody else knows. */
	readonly database?: DatabaseSettings;
	/** What the roles are called; by default `app_owner`, `app_migrator` and `app_user`. A `database` says it itself. */
	readonly roles?: Partial<RoleNames>;
	/** Extensions to create before the migrations run. */
	readonly extensions?: readonly string[];
	/** Rows to begin with: SQL, or files that end in `.sql`. The migrator writes them, after the migrations. */
	readonly seed?: string | readonly string[];
	/**
	 * The folder that keeps prepared servers for the next ones to start from; false keeps none. Without it that is
	 * `node_modules/.cache/slipway/snapshots`. A server with a `directory` or a `database` of the caller's does not
	 * start from there. In containers the servers are images on the engine, and the folder has their names.
	 */
	readonly snapshots?: string | false;
}

/** The files and folders whose contents shape the database. */
export function inputsOf({ migrations, seed = [] }: StartPostgresOptions): string[] {
	const seeds = [seed].flat().filter((each) => each.endsWith('.sql'));
	return migrations ? [migrations, ...seeds] : seeds;
}

/** Every option, so that none is forgotten here. */
const shape: Shape<StartPostgresOptions> = {
	migrations: stringOrFalse,
	seed: stringOrStrings,
	extensions: extensionsKind,
	settings: stringRecord,
	provider: providerKind,
	image: string,
	snapshots: stringOrFalse,
	database: secretObject,
	roles: rolesKind,
	directory: string,
	command: string,
};

/**
 * Throws `invalid-options`, which names all fields of `options` that do not exist and all values of the wrong kind: types do
 * not see a misspelt name everywhere.
 */
export function checkOptions(options: object, except: readonly (keyof StartPostgresOptions)[] = []): void {
	const allowed = Object.entries(shape).filter(([name]) => !except.some((each) => each === name));
	const problems = problemsOf(options, Object.fromEntries(allowed));
	if (problems.length === 0) return;
	throw new SlipwayError(
		'invalid-options',
		`PostgreSQL cannot be started with these options: ${problems.join('; ')}`,
		`The options are ${allowed.map(([name]) => name).join(', ')}.`,
	);
}

/** `options` over those that the configuration of the project around `folder` has. Throws what `loadConfig` throws. */
export async function withProjectDefaults(
	options: StartPostgresOptions,
	folder: string,
): Promise<StartPostgresOptions> {
	const root = findProjectRoot(folder);
	if (root === undefined) return options;
	const given = Object.entries(options).filter(([, value]) => value !== undefined);
	return { ...optionsFromConfig(await loadConfig(root)), ...Object.fromEntries(given) };
}

/** What a project's configuration says of the servers that are started for it. */
export function optionsFromConfig(config: ResolvedConfig): StartPostgresOptions {
	const { migrationsToApply: migrations, extensions, roles, postgres } = config;
	return { ...postgres, extensions, roles, ...(migrations !== undefined && { migrations }) };
}

/** What the settings of the commands say of such servers; an empty one says nothing. Throws `invalid-settings`. */
export function optionsFromEnvironment({
	SLIPWAY_POSTGRES: provider,
	POSTGRES_IMAGE: image,
}: NodeJS.ProcessEnv): StartPostgresOptions {
	const own = ownProviderNames.find((name) => name === provider);
	if (provider && own === undefined)
		throw new SlipwayError(
			'invalid-settings',
			`SLIPWAY_POSTGRES is "${provider}", but a temporary server is either ${ownProviderNames.join(' or ')}`,
			'Set it to one of these, or unset it.',
		);
	return { ...(own && { provider: own }), ...(image && { image }) };
}
