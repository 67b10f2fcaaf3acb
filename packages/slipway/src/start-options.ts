import { join, resolve } from 'node:path';
import {
	boolean,
	databasesKind,
	extensionsKind,
	findProjectRoot,
	type Kind,
	type LoginConfig,
	loadConfig,
	loginsKind,
	type Migrations,
	migrationsKind,
	port,
	problemsOf,
	providerKind,
	type ResolvedConfig,
	resolveMigrations,
	rolesKind,
	type Shape,
	secretObject,
	secretString,
	string,
	stringOrFalse,
	stringOrStrings,
	stringRecord,
	versionKind,
} from './config/index.ts';
import { refuseUnconfigured } from './detection/index.ts';
import { SlipwayError } from './errors.ts';
import { escapePattern, filesOf, migrationSource } from './migration-sources/index.ts';
import type { StartServerOptions } from './postgres/index.ts';
import { postgresVersions } from './postgres-versions.ts';
import { providerNames, type TestProvider } from './provider-names.ts';
import { type DatabaseSettings, type RoleOptions, readTestServer } from './settings/index.ts';

export interface StartPostgresOptions extends Omit<StartServerOptions, 'provider'> {
	/**
	 * Where the server comes from. `auto` is a container if an engine is running and has the image or can pull it, and
	 * embedded otherwise. `external`: a database on `server`, which other processes use too. Default: `embedded`.
	 */
	readonly provider?: TestProvider;
	/** The URL of the server for `external`, with the login of a role that may create databases and roles. */
	readonly server?: string;
	/**
	 * The migrations to apply: a folder, `{ sql: … }` or `{ command: …, inputs: … }`; `false` for none. Default: the
	 * project's.
	 */
	readonly migrations?: Migrations | false;
	/** Names and passwords. Default: a database `app` with generated passwords. */
	readonly database?: DatabaseSettings;
	/**
	 * The names of the roles, by default `app_owner`, `app_migrator` and `app_user`, and whether the app may create
	 * temporary tables; `one` for a single role, `app_user`, that owns the database and is also the migrator; `false` for
	 * none, with the superuser's login for all three. Ignored with `database`, which has its own.
	 */
	readonly roles?: RoleOptions;
	/** Extensions to create before the migrations run. */
	readonly extensions?: readonly string[];
	/** Roles that can log in besides the app, the migrator and the superuser. They exist before the migrations run. */
	readonly logins?: readonly LoginConfig[];
	/** Empty databases besides the migrated one, with the same owner and roles. */
	readonly databases?: readonly string[];
	/** SQL, or paths of `.sql` files, that the migrator runs after the migrations. */
	readonly seed?: string | readonly string[];
	/**
	 * The folder for snapshots of prepared servers, which later servers start from; `false` disables snapshots.
	 * Default: `node_modules/.cache/slipway/snapshots`. Snapshots of containers are images on the engine, and
	 * the folder stores their names. A server with a `directory` or `database` does not use snapshots.
	 */
	readonly snapshots?: string | false;
}

/** The files whose contents shape the database, as they are now. */
export const inputFilesOf = (options: StartPostgresOptions): string[] => filesOf(inputPatternsOf(options));

/** Glob patterns of the files whose contents shape the database. Paths in the options have to be absolute. */
export function inputPatternsOf({ migrations, seed = [] }: StartPostgresOptions): string[] {
	const seeds = [seed].flat().filter((each) => each.endsWith('.sql'));
	return [...(migrations ? migrationSource(migrations).patterns : []), ...seeds.map(escapePattern)];
}

/** The type requires every option, so that none is forgotten here. */
const shape: Shape<StartPostgresOptions> = {
	migrations: migrationsKind,
	seed: stringOrStrings,
	extensions: extensionsKind,
	settings: stringRecord,
	logins: loginsKind,
	databases: databasesKind,
	port,
	ssl: boolean,
	replication: boolean,
	provider: providerKind,
	server: secretString,
	version: versionKind,
	image: string,
	snapshots: stringOrFalse,
	database: secretObject,
	roles: rolesKind,
	directory: string,
	command: string,
};

/**
 * Checks all options but `except`, and `others`. Throws `invalid-options` with all unknown options and all values of the wrong type. Types alone do not
 * catch every misspelled name.
 */
export function checkOptions(
	options: object,
	{ except = [], others = {} }: { except?: readonly string[]; others?: Shape<object> } = {},
): void {
	const all: [string, Kind][] = Object.entries({ ...shape, ...others });
	const allowed = all.filter(([name]) => !except.includes(name));
	const problems = problemsOf(options, Object.fromEntries(allowed));
	if (problems.length === 0) return;
	throw new SlipwayError(
		'invalid-options',
		`PostgreSQL cannot start with these options: ${problems.join('; ')}`,
		`The options are ${allowed.map(([name]) => name).join(', ')}.`,
	);
}

/**
 * `options` with absolute paths, so that they mean the same in another process. Relative ones start at `root`. A seed that
 * does not end in `.sql` is SQL text.
 */
export function withAbsolutePaths<Options extends StartPostgresOptions>(
	options: Options,
	root: string,
): Options {
	const { migrations, seed, snapshots } = options;
	const resolveSeed = (each: string) => (each.endsWith('.sql') ? resolve(root, each) : each);
	return {
		...options,
		...(migrations !== undefined && { migrations: migrations && resolveMigrations(root, migrations) }),
		...(snapshots !== undefined && { snapshots: snapshots && resolve(root, snapshots) }),
		...(seed !== undefined && { seed: [seed].flat().map(resolveSeed) }),
	};
}

/**
 * `options` over those that `optionsFrom` takes from the configuration of the project that contains `folder`. Throws what
 * `loadConfig` throws, and `migrations-not-configured`.
 */
export async function withProjectDefaults(
	options: StartPostgresOptions,
	folder: string,
	optionsFrom = optionsFromConfig,
): Promise<StartPostgresOptions> {
	const root = findProjectRoot(folder);
	if (root === undefined) return options;
	const given = Object.entries(options).filter(([, value]) => value !== undefined);
	const all = { ...optionsFrom(await loadConfig(root)), ...Object.fromEntries(given) };
	if (all.migrations === undefined && all.seed === undefined) refuseUnconfigured(root);
	return all;
}

/** The options that a project's configuration sets. */
export function optionsFromConfig(config: ResolvedConfig): StartPostgresOptions {
	const { migrationsToApply: migrations, extensions, roles, postgres } = config;
	return { ...postgres, extensions, roles, ...(migrations !== undefined && { migrations }) };
}

/** The options that a project's configuration sets for tests. */
export const testOptionsFromConfig = (config: ResolvedConfig): StartPostgresOptions => ({
	...optionsFromConfig(config),
	...config.test,
});

/**
 * The options that the environment sets. An empty variable counts as unset. `provider` is the one that wins over the
 * environment's; `folder` is in the project whose server is refused as a server for tests. Throws `invalid-settings`.
 */
export function optionsFromEnvironment(
	environment: NodeJS.ProcessEnv,
	{
		folder = process.cwd(),
		provider: chosen,
	}: { readonly folder?: string; readonly provider?: TestProvider | undefined } = {},
): StartPostgresOptions {
	const { SLIPWAY_POSTGRES: provider, POSTGRES_VERSION: major, POSTGRES_IMAGE: image } = environment;
	const known = providerNames.find((name) => name === provider);
	const version = postgresVersions.find((each) => String(each) === major);
	if (provider && known === undefined)
		throw new SlipwayError(
			'invalid-settings',
			`SLIPWAY_POSTGRES is "${provider}", but must be one of ${providerNames.join(', ')}`,
			'Set it to one of these, or unset it.',
		);
	if (major && version === undefined)
		throw new SlipwayError(
			'invalid-settings',
			`POSTGRES_VERSION is "${major}", but must be one of ${postgresVersions.join(', ')}`,
			'Set it to one of these major versions, or unset it.',
		);
	const needsServer = chosen === 'external' || known === undefined || known === 'external';
	const envFile = join(findProjectRoot(folder) ?? folder, '.env');
	const server = needsServer ? readTestServer(environment, envFile) : undefined;
	return {
		...(known && { provider: known }),
		...(version && { version }),
		...(image && { image }),
		...(server && { server }),
	};
}
