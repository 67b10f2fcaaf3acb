export {
	type ArrayType,
	type Ask,
	type ClientOptions,
	type Connection,
	type Credentials,
	describeConnection,
	type Endpoint,
	explainConnectionError,
	LimitedClient,
	type Login,
	learnArrays,
	openClient,
	type SslMode,
	toLogin,
	withClient,
} from './connection/index.ts';
export { type BootstrapOptions, bootstrapDatabase, type Change } from './database/bootstrap/index.ts';
export {
	type CreateMigrationOptions,
	createMigration,
	type MigrateDownOptions,
	type MigrateOptions,
	type MigrateUpOptions,
	type MigrationEvent,
	type MigrationFile,
	type MigrationState,
	type MigrationStatus,
	type MigrationTimeouts,
	migrateDown,
	migrateRedo,
	migrateUp,
	migrationHistory,
	migrationStatus,
	type Renumbering,
	readMigrationFiles,
	readStatus,
	rebaseMigrations,
	type StampChange,
	type StampOptions,
	stampMigrations,
} from './database/migrations/index.ts';
export { SlipwayError } from './errors.ts';
export { listen } from './listening.ts';
export type {
	Choice,
	ChooseOptions,
	ContainerOptions,
	EmbeddedOptions,
	ExternalOptions,
	PostgresServer,
	ServerSettings,
} from './postgres/index.ts';
export type { PostgresVersion } from './postgres-versions.ts';
export type { OwnProvider, ProviderChoice, ProviderName, TestProvider } from './provider-names.ts';
export { chooseProvider, startContainer, startEmbedded, startExternal, startPostgres } from './servers.ts';
export {
	appConnection,
	type DatabaseSettings,
	type Environment,
	type LoginRole,
	type LogLevel,
	loadSettings,
	type MigrationSettings,
	type RoleNames,
	type RoleOptions,
	readPasswords,
	type ServiceSettings,
	type Settings,
} from './settings/index.ts';
export type { PreparedServer, StartPostgresOptions } from './start-postgres.ts';
