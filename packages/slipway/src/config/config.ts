import type { PostgresVersion } from '../postgres-versions.ts';
import type { ProviderChoice, TestProvider } from '../provider-names.ts';

/**
 * A project's configuration: `slipway.config.ts` (or `.mjs`, `.js`, `.cjs`), or the field `slipway` of package.json.
 * Every field is optional. Paths are relative to the folder of that file.
 */
export interface Config {
	/**
	 * How the schema is made: a folder with migrations in node-pg-migrate's format, files of SQL, or the command of another
	 * tool. `false` for none. Default: the folder `migrations`, where it exists.
	 */
	readonly migrations?: Migrations | false;
	/** The folder to search for models: files named `schema.sql`. Default: `src`. */
	readonly models?: string;
	/** The folder with the seeds. Default: `seeds`. */
	readonly seeds?: string;
	/** The file that `slipway migrate types` writes. Default: `src/rows.ts`. */
	readonly types?: string;
	/** Extensions to create before the migrations run, such as `pg_trgm`. */
	readonly extensions?: readonly string[];
	/**
	 * The names of the three roles, and what the app may do; `one` for a single role that owns the database and is also the
	 * migrator and the app; `false` for tests and scripts that manage roles themselves, as the superuser. Default: the
	 * database's name with `_owner`, `_migrator` and `_user`.
	 */
	readonly roles?: RolesConfig | 'one' | false;
	readonly postgres?: PostgresConfig;
	readonly test?: TestConfig;
	readonly dev?: DevConfig;
}

/** A folder with migrations in node-pg-migrate's format, files of SQL, or the command of a migration tool. */
export type Migrations = string | SqlMigrations | CommandMigrations;

/** SQL files, each of which is applied once, in natural order: `2_b.sql` comes before `10_a.sql`. */
export interface SqlMigrations {
	/** Glob patterns, such as `db/*.sql`. */
	readonly sql: string | readonly string[];
	/** The folder that the patterns are relative to. Default: the project's. */
	readonly cwd?: string;
}

/** A command that applies the migrations of another tool. It runs once for each state of its inputs. */
export interface CommandMigrations {
	/** Run by a shell, with `DATABASE_URL` and `PG*` set, and with the programs of `node_modules/.bin`. */
	readonly command: string;
	/** The files, folders and glob patterns that its result depends on. */
	readonly inputs: readonly string[];
	/** The role that it logs in as. `admin` is a superuser whose objects the owner gets. Default: `migrator`. */
	readonly as?: 'migrator' | 'admin';
	/** Where the command runs, and what the inputs are relative to. Default: the project's folder. */
	readonly cwd?: string;
}

export interface RolesConfig {
	readonly owner?: string;
	readonly migrator?: string;
	readonly app?: string;
	/** Whether the app may create temporary tables. Default: false. */
	readonly temporaryTables?: boolean;
	/** Grants that migrations make, as `bootstrap --check` prints them, so that it no longer reports them. */
	readonly grants?: readonly string[];
}

/** The servers that Slipway starts. Environment variables and options in code override it. */
export interface PostgresConfig {
	/** Where servers come from. Default: `embedded`; `auto` is a container if a container engine is running. */
	readonly provider?: ProviderChoice;
	/** PostgreSQL's major version: 15 to 18. Default: 18. */
	readonly version?: PostgresVersion;
	/** The image of the container provider. Default: `postgres:18`, or that of `version`. */
	readonly image?: string;
	/** Server settings, such as `{ max_connections: '200' }`. */
	readonly settings?: Readonly<Record<string, string>>;
	/** Roles that can log in besides the app, the migrator and the superuser. They exist before the migrations run. */
	readonly logins?: readonly LoginConfig[];
	/** Empty databases besides the migrated one, with the same owner and roles. */
	readonly databases?: readonly string[];
	/** Whether clients can encrypt their connections, with a certificate that Slipway creates. */
	readonly ssl?: boolean;
	/** Whether clients can replicate, also logically. */
	readonly replication?: boolean;
}

/** The servers of tests, where they differ from those of `postgres`. */
export interface TestConfig {
	/** `external`: each test file has a database on the server in `SLIPWAY_TEST_SERVER`, which other runs use too. */
	readonly provider?: TestProvider;
}

export interface LoginConfig {
	readonly name: string;
	readonly password: string;
	/** Default: false. Then it may connect, and has the rights that migrations grant it. */
	readonly superuser?: boolean;
}

/** What `slipway dev` runs. */
export interface DevConfig {
	/** The command that starts the service. It finds its database in `DATABASE_URL`. */
	readonly command?: string;
	/** Files and folders whose changes restart the service. Default: none; many dev commands watch by themselves. */
	readonly watch?: readonly string[];
	/**
	 * Whether each git branch has a database of its own, which is used while the branch is checked out. Default: false.
	 */
	readonly branches?: boolean;
	/**
	 * What `slipway dev` prints below the service's address, such as `{ 'API docs': '/api/docs' }`: by title, a path of the
	 * service or another URL.
	 */
	readonly links?: Readonly<Record<string, string>>;
}

/** Gives a configuration its type; returns it unchanged. */
export function defineConfig(config: Config): Config {
	return config;
}
