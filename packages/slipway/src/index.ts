export {
	type ArrayType,
	type Ask,
	askWithLimit,
	type ClientOptions,
	type Connection,
	type Credentials,
	describeConnection,
	type Endpoint,
	explainConnectionError,
	isDirect,
	type Login,
	learnArrays,
	openClient,
	readBackend,
	type SslMode,
	withClient,
} from './connection/index.ts';
export { bootstrapDatabase, type Change } from './database/bootstrap/index.ts';
export {
	createMigration,
	type MigrationFile,
	type MigrationState,
	type MigrationStatus,
	migrateDown,
	migrateRedo,
	migrateUp,
	migrationHistory,
	migrationStatus,
	readMigrationFiles,
	readStatus,
	rebaseMigrations,
	stampMigrations,
} from './database/migrations/index.ts';
export { SlipwayError } from './errors.ts';
export { listen } from './listening.ts';
export {
	type Choice,
	type ContainerOptions,
	chooseProvider,
	type EmbeddedOptions,
	type PostgresServer,
	startContainer,
	startEmbedded,
	startExternal,
} from './postgres/index.ts';
export {
	appConnection,
	type DatabaseSettings,
	type LogLevel,
	loadSettings,
	type Settings,
} from './settings/index.ts';
export { type PreparedServer, type StartPostgresOptions, startPostgres } from './start-postgres.ts';
