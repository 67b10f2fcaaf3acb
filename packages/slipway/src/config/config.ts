import type { ProviderChoice } from '../provider-names.ts';

/**
 * A project's configuration: `slipway.config.ts` (or `.mjs`, `.js`, `.cjs`), or the field `slipway` of package.json.
 * Every field is optional. Paths are relative to the folder of that file.
 */
export interface Config {
	/** The folder with the migrations; `false` for none. Default: `migrations`, where it exists. */
	readonly migrations?: string | false;
	/** The folder to search for models: files named `schema.sql`. Default: `src`. */
	readonly models?: string;
	/** The folder with the seeds. Default: `seeds`. */
	readonly seeds?: string;
	/** The file that `slipway migrate types` writes. Default: `src/rows.ts`. */
	readonly types?: string;
	/** Extensions to create before the migrations run, such as `pg_trgm`. */
	readonly extensions?: readonly string[];
	/** Names of the roles. Default: the database's name with `_owner`, `_migrator` and `_user`. */
	readonly roles?: RolesConfig;
	readonly postgres?: PostgresConfig;
	readonly dev?: DevConfig;
}

export interface RolesConfig {
	readonly owner?: string;
	readonly migrator?: string;
	readonly app?: string;
}

/** The servers that Slipway starts. Environment variables and options in code override it. */
export interface PostgresConfig {
	/** Where servers come from. Default: `embedded`; `auto` is a container if a container engine is running. */
	readonly provider?: ProviderChoice;
	/** The image of the container provider. Default: `postgres:18`. */
	readonly image?: string;
	/** Server settings, such as `{ max_connections: '200' }`. */
	readonly settings?: Readonly<Record<string, string>>;
}

/** What `slipway dev` runs. */
export interface DevConfig {
	/** The command that starts the service. It finds its database in `DATABASE_URL`. */
	readonly command?: string;
	/** Files and folders whose changes restart the service. Default: none; many dev commands watch by themselves. */
	readonly watch?: readonly string[];
}

/** Gives a configuration its type; returns it unchanged. */
export function defineConfig(config: Config): Config {
	return config;
}
