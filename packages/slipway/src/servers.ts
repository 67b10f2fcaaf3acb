import type {
	Choice,
	ChooseOptions,
	ContainerOptions,
	EmbeddedOptions,
	ExternalOptions,
	PostgresServer,
} from './postgres/index.ts';
import type { ProviderName } from './provider-names.ts';
import type { PreparedServer, StartPostgresOptions } from './start-postgres.ts';

// What starts servers is loaded by the first call. A service that imports 'slipway' for its settings starts none, and
// would take twice as long to load.

/**
 * Starts a PostgreSQL server with a bootstrapped, migrated and seeded database. Without `directory` the server is
 * temporary. Options override the project's configuration. Throws what `startEmbedded`, `startContainer`,
 * `bootstrapDatabase` and `migrateUp` throw, and `invalid-options`, `no-extension`, `no-seed-file` and `seed-failed`.
 */
export async function startPostgres(options?: StartPostgresOptions): Promise<PreparedServer> {
	return await (await import('./start-postgres.ts')).startPostgres(options);
}

/** Starts an empty server from the PostgreSQL binaries of npm. */
export async function startEmbedded(options?: EmbeddedOptions): Promise<PostgresServer> {
	return await (await import('./postgres/index.ts')).startEmbedded(options);
}

/** Starts an empty server in a container. */
export async function startContainer(options?: ContainerOptions): Promise<PostgresServer> {
	return await (await import('./postgres/index.ts')).startContainer(options);
}

/** Connects to a server that another party runs. It must answer; stopping it does nothing. */
export async function startExternal(options: ExternalOptions): Promise<PostgresServer> {
	return await (await import('./postgres/index.ts')).startExternal(options);
}

/** Where `provider: 'auto'` takes servers from on this machine, and why. */
export async function chooseProvider<Setting extends ProviderName = never>(
	options: ChooseOptions<Setting>,
): Promise<Choice<Setting>> {
	return await (await import('./postgres/index.ts')).chooseProvider(options);
}
