import type { Credentials, Endpoint } from '../connection/index.ts';
import type { ProviderName } from '../provider-names.ts';

export const environments = ['development', 'test', 'production'] as const;
export type Environment = (typeof environments)[number];

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The roles with a password. */
export const loginRoles = ['app', 'migrator', 'admin'] as const;
export type LoginRole = (typeof loginRoles)[number];

/** What the roles that bootstrap makes are called. */
export interface RoleNames {
	readonly owner: string;
	readonly migrator: string;
	readonly app: string;
}

/** The names where nobody says otherwise. The owner's and the migrator's follow from the database's. */
export const defaultNames = {
	database: 'app',
	app: 'app_user',
	owner: '_owner',
	migrator: '_migrator',
} as const;

/** The database of a service and the roles that bootstrap makes for it. */
export interface DatabaseSettings {
	readonly name: string;
	/** Owns the database and everything in it; cannot log in. */
	readonly owner: string;
	/** Runs the migrations, as the owner. */
	readonly migrator: Credentials;
	/** What the service and the tests log in as: data rights only. */
	readonly app: Credentials;
}

export interface ServiceSettings {
	readonly host: string;
	/** 0 lets the system choose. */
	readonly port: number;
	readonly logLevel: LogLevel;
}

/** How long a migration may wait and take, in PostgreSQL's words: `500ms`, `3s`, `1min`; 0 is no limit. */
export interface MigrationSettings {
	readonly lockTimeout: string;
	readonly statementTimeout: string;
}

/** What the environment and `.env` said, checked. */
export interface Settings {
	readonly environment: Environment;
	/** Where the server of the `external` provider listens. */
	readonly endpoint: Endpoint;
	/** Where bootstrap and migrations reach it: the same, unless that is a connection pooler. */
	readonly migratorEndpoint: Endpoint;
	/** Creates roles and databases; used by bootstrap only. */
	readonly admin: Credentials;
	readonly database: DatabaseSettings;
	readonly migrations: MigrationSettings;
	readonly service: ServiceSettings;
	/** What `SLIPWAY_POSTGRES` says; without it `external` where the settings name a server. */
	readonly provider: ProviderName | undefined;
	/** What the `container` provider runs: PostgreSQL's image or one that is built on it. */
	readonly image: string;
}
