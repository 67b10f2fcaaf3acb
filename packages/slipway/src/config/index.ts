export {
	type CommandMigrations,
	type Config,
	type DevConfig,
	defineConfig,
	type LoginConfig,
	type Migrations,
	type PostgresConfig,
	type RolesConfig,
	type SqlMigrations,
	type TestConfig,
} from './config.ts';
export { configFileNames, configFilesIn, findProjectRoot } from './find.ts';
export { loadConfig, type ResolvedConfig } from './load.ts';
export { migrationsKind, resolveMigrations } from './migrations.ts';
export { databasesKind, extensionsKind, loginsKind, providerKind, rolesKind, versionKind } from './parse.ts';
export {
	boolean,
	type Kind,
	oneOf,
	port,
	problemsOf,
	type Shape,
	secretObject,
	secretString,
	string,
	stringOrFalse,
	stringOrStrings,
	stringRecord,
} from './shape.ts';
