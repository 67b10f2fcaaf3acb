import { join } from 'node:path';
import { resolveMigrations } from './config/index.ts';
import { type Login, toLogin } from './connection/index.ts';
import { readSeeds } from './database/seeds/index.ts';
import { migrationSource } from './migration-sources/index.ts';
import {
	ownProviderOf,
	type PostgresServer,
	providers,
	requestedSettings,
	type StartServerOptions,
	snapshotFolder,
	startFromSnapshot,
	startServer,
	stoppedBy,
	unmanaged,
} from './postgres/index.ts';
import { type Contents, loginsOf, prepareServer, privateDatabase, snapshotSpec } from './prepare/index.ts';
import type { DatabaseSettings } from './settings/index.ts';
import type { SharedDatabase } from './shared-server/index.ts';
import {
	checkOptions,
	type StartPostgresOptions,
	testOptionsFromConfig,
	withProjectDefaults,
} from './start-options.ts';

export type { StartPostgresOptions };

/** A server with roles, a database and its schema. */
export interface PreparedServer extends PostgresServer {
	/** The login of the service and its tests, which can only read and write data. */
	readonly app: Login;
	/** The login that may change the schema. */
	readonly migrator: Login;
	/** The superuser's login to the same database. */
	readonly admin: Login;
	/** Those of the option `logins`, by name, to the same database. */
	readonly logins: Readonly<Record<string, Login>>;
}

/** On a shared server, it is one database of several. */
export type PreparedDatabase = PreparedServer & Partial<Pick<SharedDatabase, 'sql' | 'wasUsed'>>;

/**
 * Starts a PostgreSQL server with a bootstrapped, migrated and seeded database. Without `directory` the
 * server is temporary. Throws what `startServer`, `bootstrapDatabase` and `migrateUp` throw, and
 * `invalid-options`, `no-extension`, `no-seed-file` and `seed-failed`.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PreparedServer> {
	checkOptions(options);
	return await startPrepared(await withProjectDefaults(options, process.cwd()));
}

/** The same for the tests of the project. */
export async function startForTests(options: StartPostgresOptions): Promise<PreparedDatabase> {
	return await startPrepared(await withProjectDefaults(options, process.cwd(), testOptionsFromConfig));
}

/** The same without the defaults from the project's configuration. */
export async function startPrepared(options: StartPostgresOptions): Promise<PreparedDatabase> {
	const { directory, database, snapshots, migrations, extensions = [], seed, roles } = options;
	const { logins = [], databases = [] } = options;
	const contents = {
		migrations: migrations ? migrationSource(resolveMigrations(process.cwd(), migrations)) : undefined,
		extensions,
		logins,
		databases,
		seeds: await readSeeds(seed),
	};
	const { provider: choice, ...others } = options;
	if (choice === 'external') return await startShared(options, contents);
	const provider = await ownProviderOf({ ...others, provider: choice });
	const own = { ...others, provider };
	const isCustom = directory !== undefined || database !== undefined;
	if (isCustom || snapshots === false) return await startFresh(own, contents);
	const folder = snapshots ?? snapshotFolder(process.cwd());
	const store = await providers[provider].snapshots(folder, own);
	const origin = { provider, identity: store.identity, settings: requestedSettings(own) };
	const spec = await snapshotSpec(origin, { ...contents, roles });
	const server = await startFromSnapshot(store, join(folder, 'locks'), spec);
	return prepared(server, privateDatabase(server, roles), logins);
}

function prepared(
	server: PostgresServer,
	database: DatabaseSettings,
	further: Contents['logins'],
): PreparedServer {
	const own = loginsOf(server, database);
	const logins = further.map(({ name, password }) => [
		name,
		toLogin({ ...own.admin, username: name, password }),
	]);
	return { ...server, ...own, logins: Object.fromEntries(logins) };
}

/** Loaded on demand: most servers are Slipway's own. */
async function startShared(
	options: StartPostgresOptions,
	contents: Omit<Contents, 'database'>,
): Promise<PreparedDatabase> {
	const { startOnSharedServer } = await import('./shared-server/index.ts');
	const { stop, ...database } = await startOnSharedServer(options, contents);
	return { ...unmanaged(database.admin), ...database, logins: {}, ...stoppedBy(stop) };
}

interface FreshOptions extends StartServerOptions, Pick<StartPostgresOptions, 'database' | 'roles'> {}

async function startFresh(
	options: FreshOptions,
	contents: Omit<Contents, 'database'>,
): Promise<PreparedServer> {
	const server = await startServer(options);
	try {
		const database = options.database ?? privateDatabase(server, options.roles);
		await prepareServer(server, { ...contents, database });
		return prepared(server, database, contents.logins);
	} catch (error) {
		await server.stop().catch((second: unknown) => {
			throw new AggregateError(
				[error, second],
				'the server could not be prepared, and then could not be stopped',
			);
		});
		throw error;
	}
}
