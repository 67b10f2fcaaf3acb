import { SlipwayError } from '../errors.ts';
import { imageOf, postgresVersions } from '../postgres-versions.ts';
import { providerNames } from '../provider-names.ts';
import { countProblem, durationProblem, imageProblem, listenHostProblem, portProblem } from './checks.ts';
import { readDatabaseUrl } from './database-url.ts';
import { readEndpoints, readReadEndpoint, readReadUrl } from './endpoints.ts';
import { VariableReader, type Variables } from './reader.ts';
import { readRoles } from './roles.ts';
import {
	defaultNames,
	environments,
	type LoginRole,
	loginRoles,
	logLevels,
	type MigrationSettings,
	type ServiceSettings,
	type Settings,
} from './settings.ts';
import { readText } from './values.ts';

export interface ParseOptions {
	/**
	 * The roles that this process logs in as. Default: all. Production refuses default passwords of these roles only, so
	 * that a service does not need the passwords of bootstrap and migrations.
	 */
	readonly roles?: readonly LoginRole[];
	/**
	 * The app's name where `DATABASE_URL` is the migrator's login, which is an error in a process that logs in as the app.
	 * Default: `app_user`.
	 */
	readonly appName?: string | undefined;
	/** Whether one role is owner, migrator and app. Default: false. */
	readonly oneRole?: boolean;
	/** Whether the app may create temporary tables. Default: false. */
	readonly temporaryTables?: boolean | undefined;
	/** Grants besides those of bootstrap that are meant to be there, as statements. */
	readonly grants?: readonly string[] | undefined;
	/** For messages: the origin of each variable that is not from the environment. */
	readonly origins?: ReadonlyMap<string, string>;
}

/**
 * Turns variables into settings. Reads the files that `…_FILE` variables name and no others. Throws one `SlipwayError`,
 * `invalid-settings`, which lists every error on a line of its own.
 */
export function parseSettings(variables: Variables, options: ParseOptions = {}): Settings {
	const reader = new VariableReader(variables, options.origins ?? new Map());
	const environment = reader.choice('NODE_ENV', environments) ?? 'development';
	const { roles = loginRoles, appName = defaultNames.app } = options;
	const refuseDefaults = environment === 'production' ? roles : [];
	const appOfMigrator = roles.includes('app') ? undefined : appName;
	const url = readDatabaseUrl(reader);
	const major = reader.choice('POSTGRES_VERSION', postgresVersions.map(String));
	const version = postgresVersions.find((each) => String(each) === major);
	const readUrl = readReadUrl(reader);
	const { tlsFiles, ...endpoints } = readEndpoints(reader, url, readUrl);
	const logins = readRoles(reader, url, { ...options, guarded: refuseDefaults, appOfMigrator });
	const settings = {
		environment,
		...endpoints,
		readEndpoint: readReadEndpoint(reader, [url, readUrl], { ...endpoints, tlsFiles, ...logins }),
		...logins,
		migrations: readMigrations(reader),
		service: readService(reader),
		branches: readSwitch(reader, 'SLIPWAY_BRANCHES'),
		provider:
			reader.choice('SLIPWAY_POSTGRES', providerNames) ?? (namesServer(reader) ? 'external' : undefined),
		version,
		image: readText(reader, 'POSTGRES_IMAGE', imageOf(version), imageProblem).value,
	};
	if (reader.errors.length > 0) throw invalidSettings(reader.errors);
	return settings;
}

function readSwitch(reader: VariableReader, name: string): boolean | undefined {
	const value = reader.choice(name, ['true', 'false']);
	return value === undefined ? undefined : value === 'true';
}

/** A host means an external server. A port alone does not: docker compose publishes the stack's database there. */
function namesServer(reader: VariableReader): boolean {
	return ['DATABASE_URL', 'DATABASE_URL_FILE', 'DB_HOST', 'DB_MIGRATOR_HOST'].some((name) =>
		reader.isSet(name),
	);
}

function readMigrations(reader: VariableReader): MigrationSettings {
	return {
		lockTimeout: readText(reader, 'DB_MIGRATOR_LOCK_TIMEOUT', '3s', durationProblem).value,
		statementTimeout: readText(reader, 'DB_MIGRATOR_STATEMENT_TIMEOUT', '1min', durationProblem).value,
	};
}

function readService(reader: VariableReader): ServiceSettings {
	return {
		host: readText(reader, 'HOST', '127.0.0.1', listenHostProblem).value,
		port: Number(readText(reader, 'PORT', '3000', portProblem(0)).value),
		logLevel: reader.choice('LOG_LEVEL', logLevels) ?? 'info',
		rateLimit: Number(readText(reader, 'RATE_LIMIT', '6000', countProblem).value),
		trustedProxies: Number(readText(reader, 'TRUSTED_PROXIES', '0', countProblem).value),
	};
}

function invalidSettings(errors: readonly string[]): SlipwayError {
	return new SlipwayError(
		'invalid-settings',
		[
			`the settings have ${errors.length === 1 ? 'an error' : `${errors.length} errors`}:`,
			...errors.map((error) => `  ${error}`),
		].join('\n'),
		'Settings come from the environment and from .env; the environment wins.',
	);
}
