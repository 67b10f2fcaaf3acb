import { randomBytes } from 'node:crypto';
import type { Connection } from './connection/index.ts';
import { bootstrapDatabase } from './database/bootstrap/index.ts';
import { migrateUp } from './database/migrations/index.ts';
import { type EmbeddedOptions, type PostgresServer, startEmbedded } from './postgres/index.ts';
import { appConnection, type DatabaseSettings, migratorConnection } from './settings/index.ts';

export interface StartPostgresOptions extends EmbeddedOptions {
	/** The folder with the migrations to apply; none are without it. */
	readonly migrations?: string;
	/** Names and passwords; by default a database `app` with passwords that nobody else knows. */
	readonly database?: DatabaseSettings;
}

/** A server with its roles, database and schema: what a service or a test needs. */
export interface PreparedServer extends PostgresServer {
	/** What the service and the tests log in as: data rights only. */
	readonly app: Connection;
	/** Changes the schema. */
	readonly migrator: Connection;
}

/**
 * Starts an embedded PostgreSQL server, bootstraps a database on it and migrates that. Without `directory` it is a
 * throw-away server of the caller's own. Throws what `startEmbedded`, `bootstrapDatabase` and `migrateUp` throw.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PreparedServer> {
	const { migrations, database = privateDatabase(), ...embedded } = options;
	const server = await startEmbedded(embedded);
	try {
		await bootstrapDatabase(server.admin, database);
		const logins = { admin: server.admin, database, endpoint: server.admin };
		const migrator = migratorConnection(logins);
		if (migrations !== undefined) await migrateUp(migrator, migrations);
		return { ...server, app: appConnection(logins), migrator };
	} catch (error) {
		await Promise.resolve(server[Symbol.asyncDispose]()).catch((second: unknown) => {
			throw new AggregateError([error, second], 'the server could neither be prepared nor stopped');
		});
		throw error;
	}
}

function privateDatabase(): DatabaseSettings {
	const password = () => randomBytes(24).toString('base64url');
	return {
		name: 'app',
		owner: 'app_owner',
		migrator: { username: 'app_migrator', password: password() },
		app: { username: 'app_user', password: password() },
	};
}
