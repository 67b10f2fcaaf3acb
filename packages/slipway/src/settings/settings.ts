import type { Credentials, Endpoint } from '../connection/index.ts';
import type { PostgresVersion } from '../postgres-versions.ts';
import type { ProviderName } from '../provider-names.ts';

export const environments = ['development', 'test', 'production'] as const;
export type Environment = (typeof environments)[number];

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The roles that can log in. */
export const loginRoles = ['app', 'migrator', 'admin'] as const;
export type LoginRole = (typeof loginRoles)[number];

/** Names of the roles that bootstrap creates. */
export interface RoleNames {
	readonly owner: string;
	readonly migrator: string;
	readonly app: string;
}

/**
 * How the roles of a database are made: three, with these names; `one`, which owns the database and is also the migrator
 * and the app; or `false`, none, so that everything runs as the superuser.
 */
export type RoleOptions =
	| (Partial<RoleNames> & Pick<DatabaseSettings, 'temporaryTables'>)
	| typeof oneRole
	| false;

export const oneRole = 'one';

/** The default names. Those of the owner and the migrator are appended to the database's. */
export const defaultNames = {
	database: 'app',
	app: 'app_user',
	owner: '_owner',
	migrator: '_migrator',
} as const;

/**
 * A service's database and the roles that bootstrap creates for it. Three roles have three names. One role has the same
 * name and password for all three.
 */
export interface DatabaseSettings {
	readonly name: string;
	/** Owns the database and everything in it; cannot log in. */
	readonly owner: string;
	/** Runs the migrations, as the owner. */
	readonly migrator: Credentials;
	/** What the service and the tests log in as. It can only read and write data. */
	readonly app: Credentials;
	/** Whether the app may create temporary tables. Default: false. */
	readonly temporaryTables?: boolean | undefined;
	/** Grants besides those of bootstrap that are meant to be there, as statements. */
	readonly grants?: readonly string[] | undefined;
}

/** Whether the app also owns the database and runs the migrations. */
export function hasOneRole({ owner, migrator, app }: DatabaseSettings): boolean {
	return owner === app.username && migrator.username === app.username;
}

export interface ServiceSettings {
	readonly host: string;
	/** 0: the system chooses a free port. */
	readonly port: number;
	readonly logLevel: LogLevel;
	/** How many requests a client address may send to the service's API in a minute. 0: any number. */
	readonly rateLimit: number;
	/** How many reverse proxies are in front of the service: what X-Forwarded-For says is believed of that many. */
	readonly trustedProxies: number;
}

/** Time limits of migrations, as PostgreSQL writes them: `500ms`, `3s`, `1min`. 0: no limit. */
export interface MigrationSettings {
	readonly lockTimeout: string;
	readonly statementTimeout: string;
}

/** The validated settings from the environment and `.env`. */
export interface Settings {
	readonly environment: Environment;
	/** Where the server of the `external` provider listens. */
	readonly endpoint: Endpoint;
	/** Where bootstrap and migrations connect. It differs from `endpoint` if that is a connection pooler. */
	readonly migratorEndpoint: Endpoint;
	/** Where the service reads what may be a moment old. */
	readonly readEndpoint: Endpoint | undefined;
	/** Creates roles and databases; used by bootstrap only. */
	readonly admin: Credentials;
	readonly database: DatabaseSettings;
	readonly migrations: MigrationSettings;
	readonly service: ServiceSettings;
	/** `SLIPWAY_BRANCHES`: whether each git branch has a database. Undefined: as `dev.branches` in the configuration says. */
	readonly branches: boolean | undefined;
	/** `SLIPWAY_POSTGRES`; if that is not set, `external` if the settings name a server. */
	readonly provider: ProviderName | undefined;
	/** The major version of the servers that Slipway starts. */
	readonly version: PostgresVersion | undefined;
	/** The image of the `container` provider: the official PostgreSQL image or one built on it. */
	readonly image: string;
}
