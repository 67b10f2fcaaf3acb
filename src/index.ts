export {
	type ArrayType,
	type ClientOptions,
	type Connection,
	type Credentials,
	type Endpoint,
	type Login,
	learnArrays,
	openClient,
	type SslMode,
	withClient,
} from './connection/index.ts';
export { bootstrapDatabase, type Change } from './database/bootstrap/index.ts';
export {
	createMigration,
	type MigrationStatus,
	migrateDown,
	migrateRedo,
	migrateUp,
	migrationHistory,
	migrationStatus,
	rebaseMigrations,
	stampMigrations,
} from './database/migrations/index.ts';
export { SlipwayError } from './errors.ts';
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
export { type DatabaseSettings, loadSettings, type Settings } from './settings/index.ts';
export { type PreparedServer, type StartPostgresOptions, startPostgres } from './start-postgres.ts';
