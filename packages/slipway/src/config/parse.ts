import { SlipwayError } from '../errors.ts';
import { postgresVersions } from '../postgres-versions.ts';
import { providerChoices, testProviders } from '../provider-names.ts';
import type { Config, DevConfig, LoginConfig, PostgresConfig, RolesConfig, TestConfig } from './config.ts';
import { migrationsKind } from './migrations.ts';
import {
	boolean,
	isObject,
	type Kind,
	links,
	objectOf,
	oneOf,
	problemsOf,
	type Shape,
	show,
	string,
	stringRecord,
	strings,
	valueOr,
} from './shape.ts';

export const rolesKind = valueOr(
	['one', false],
	objectOf<RolesConfig>({
		owner: string,
		migrator: string,
		app: string,
		temporaryTables: boolean,
		grants: strings('[\'GRANT TRUNCATE ON TABLE public.orders TO "app_user"\']'),
	}),
);
export const extensionsKind = strings("['pg_trgm']");
export const providerKind = oneOf(testProviders);
export const versionKind = oneOf(postgresVersions);
export const databasesKind = strings("['reports']");
/** Messages do not show the passwords. */
export const loginsKind: Kind = {
	name: "an array of logins, such as { name: 'reader', password: 'secret', superuser: false }",
	fits: (value) => Array.isArray(value) && value.every(isLogin),
	secret: true,
};

const loginShape: Shape<LoginConfig> = { name: string, password: string, superuser: boolean };

function isLogin(value: unknown): boolean {
	return (
		isObject(value) && 'name' in value && 'password' in value && problemsOf(value, loginShape).length === 0
	);
}

const shape: Shape<Config> = {
	migrations: migrationsKind,
	models: string,
	seeds: string,
	types: string,
	extensions: extensionsKind,
	roles: rolesKind,
	postgres: objectOf<PostgresConfig>({
		version: versionKind,
		provider: oneOf(providerChoices),
		image: string,
		settings: stringRecord,
		logins: loginsKind,
		databases: databasesKind,
		ssl: boolean,
		replication: boolean,
	}),
	test: objectOf<TestConfig>({ provider: providerKind }),
	dev: objectOf<DevConfig>({
		command: string,
		watch: strings("['src']"),
		branches: boolean,
		links,
	}),
};

/** `value` as a configuration. Throws `invalid-config`, which lists all errors; `source` is its file. */
export function parseConfig(value: unknown, source: string): Config {
	if (!isObject(value))
		throw invalidConfig(source, [`the configuration is ${show(value)}, but must be an object`]);
	const problems = problemsOf(value, shape);
	if (problems.length > 0) throw invalidConfig(source, problems);
	return value;
}

export function invalidConfig(source: string, problems: readonly string[]): SlipwayError {
	const count = problems.length === 1 ? 'an error' : `${problems.length} errors`;
	return new SlipwayError(
		'invalid-config',
		[`${source} has ${count}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'),
		'Correct the file. docs/configuration.md lists every field: https://github.com/slipway-dev/slipway/blob/main/docs/configuration.md',
	);
}
