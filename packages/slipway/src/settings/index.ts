export {
	databaseNameProblem,
	durationProblem,
	type Problem,
	passwordProblem,
	roleNameProblem,
} from './checks.ts';
export { adminConnection, appConnection, appVariables, migratorConnection } from './connections.ts';
export { setInEnvText } from './edit-env.ts';
export { readEnvFileText } from './env-file.ts';
export { type LoadedEnvironment, loadSettings, readEnvironment } from './environment.ts';
export { type ParseOptions, parseSettings } from './parse-settings.ts';
export {
	type EnvironmentSources,
	findPasswordSource,
	nextPasswordFile,
	type PasswordSource,
	passwordVariables,
	readPasswords,
	readSecret,
} from './password-source.ts';
export {
	type DatabaseSettings,
	defaultNames,
	type Environment,
	environments,
	hasOneRole,
	type LoginRole,
	type LogLevel,
	loginRoles,
	type MigrationSettings,
	oneRole,
	type RoleNames,
	type RoleOptions,
	type ServiceSettings,
	type Settings,
} from './settings.ts';
export { parseTestServer, readTestServer } from './test-server.ts';
