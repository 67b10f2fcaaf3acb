import { createHmac } from 'node:crypto';
import { type Connection, type Login, toLogin } from '../connection/index.ts';
import type { SqlSeed } from '../database/seeds/index.ts';
import type { PostgresServer } from '../postgres/index.ts';
import {
	appConnection,
	type DatabaseSettings,
	migratorConnection,
	type RoleNames,
} from '../settings/index.ts';

/** What a server is to have. */
export interface Contents {
	readonly database: DatabaseSettings;
	readonly extensions: readonly string[];
	/** The folder with the migrations, if there are any. */
	readonly migrations: string | undefined;
	readonly seeds: readonly SqlSeed[];
}

/** Does what is not done yet, but for the seeds, which have to be new. The server is one of our own. */
export async function prepareServer(server: PostgresServer, contents: Contents): Promise<void> {
	const { database, extensions, migrations, seeds } = contents;
	// A server that starts from a snapshot needs none of this, and it is most of what would be loaded.
	const [{ bootstrapDatabase, ensureExtensions }, { migrateUp }, { runSeeds }] = await Promise.all([
		import('../database/bootstrap/index.ts'),
		import('../database/migrations/index.ts'),
		import('../database/seeds/index.ts'),
	]);
	await bootstrapDatabase(server.admin, database, { dedicated: true });
	await ensureExtensions(server.admin, database.name, extensions);
	const { migrator } = loginsOf(server, database);
	if (migrations !== undefined) await migrateUp(migrator, migrations);
	// The migrator may write to every table; the app may be kept from some.
	await runSeeds(migrator, seeds);
}

/** The connections of the app and the migrator. */
export function loginsOf(
	{ admin }: PostgresServer,
	database: DatabaseSettings,
): { app: Login; migrator: Login } {
	const logins = { admin, database, endpoint: admin, migratorEndpoint: admin };
	return { app: toLogin(appConnection(logins)), migrator: toLogin(migratorConnection(logins)) };
}

/**
 * A database `app` whose passwords follow from the admin's, which is random and kept with the server's files: so they
 * need not be kept beside it, and are the same on every server that starts from a snapshot.
 */
export function privateDatabase(
	{ admin }: { readonly admin: Connection },
	roles: Partial<RoleNames> = {},
): DatabaseSettings {
	const { owner, migrator, app } = { ...usualRoles, ...roles };
	const login = (username: string) => ({
		username,
		password: createHmac('sha256', admin.password).update(username).digest('base64url'),
	});
	return { name: 'app', owner, migrator: login(migrator), app: login(app) };
}

const usualRoles: RoleNames = { owner: 'app_owner', migrator: 'app_migrator', app: 'app_user' };
