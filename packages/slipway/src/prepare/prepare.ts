import { createHmac } from 'node:crypto';
import { type Connection, type Login, toLogin } from '../connection/index.ts';
import type { FurtherLogin } from '../database/bootstrap/index.ts';
import type { SqlSeed } from '../database/seeds/index.ts';
import { SlipwayError } from '../errors.ts';
import type { MigrationSource } from '../migration-sources/index.ts';
import type { PostgresServer } from '../postgres/index.ts';
import {
	appConnection,
	type DatabaseSettings,
	defaultNames,
	hasOneRole,
	migratorConnection,
	oneRole,
	type RoleNames,
	type RoleOptions,
} from '../settings/index.ts';

/** The contents of a prepared server. */
export interface Contents {
	readonly database: DatabaseSettings;
	readonly extensions: readonly string[];
	readonly migrations: MigrationSource | undefined;
	readonly seeds: readonly SqlSeed[];
	/** Further roles that can log in. */
	readonly logins: readonly FurtherLogin[];
	/** The names of further, empty databases. */
	readonly databases: readonly string[];
}

interface PrepareOptions {
	/** Makes the roles and the database `settings`. Default: as on a server that nobody else uses. */
	readonly bootstrap?: (settings: DatabaseSettings) => Promise<unknown>;
}

/**
 * Bootstraps, migrates and seeds a server. Bootstrap and migrations do only what is
 * missing. Seeds run every time, so the server must not have them yet.
 */
export async function prepareServer(
	server: PostgresServer,
	contents: Contents,
	{ bootstrap }: PrepareOptions = {},
): Promise<void> {
	const { database, databases, logins, extensions, migrations, seeds } = contents;
	refuseOwnNames(server, contents);
	// Imported late: a server that starts from a snapshot needs none of this, and it is most of the code.
	const [{ bootstrapDatabase, createBareDatabase, ensureExtensions, ensureLogins }, { runSeeds }] =
		await Promise.all([import('../database/bootstrap/index.ts'), import('../database/seeds/index.ts')]);
	const all = [database.name, ...databases];
	const prepare = bootstrap ?? ((settings) => bootstrapDatabase(server.admin, settings, { dedicated: true }));
	for (const name of all)
		if (isBare(server, database))
			await createBareDatabase(server.admin, name, {
				ledger: name === database.name && migrations !== undefined,
			});
		else await prepare({ ...database, name });
	await ensureLogins(server.admin, all, logins);
	await ensureExtensions(server.admin, database.name, extensions);
	const { migrator } = loginsOf(server, database);
	await migrations?.migrate({ migrator, admin: server.admin, database });
	// The migrator can write to every table. The app may lack privileges on some.
	await runSeeds(migrator, seeds);
}

/** Their passwords would no longer be those of the server's own logins. */
function refuseOwnNames({ admin }: PostgresServer, { database, logins }: Contents): void {
	const { owner, migrator, app } = database;
	const own = [owner, migrator.username, app.username, admin.username];
	const taken = logins.find(({ name }) => own.includes(name));
	if (taken === undefined) return;
	throw new SlipwayError(
		'invalid-options',
		`"logins" contains ${JSON.stringify(taken.name)}, which is one of the server's own roles`,
		'Choose another name, or use the logins app, migrator and admin.',
	);
}

/** The logins of the app, the migrator and the admin for `database`. */
export function loginsOf(
	{ admin }: PostgresServer,
	database: DatabaseSettings,
): { app: Login; migrator: Login; admin: Login } {
	const logins = { admin, database, endpoint: admin, migratorEndpoint: admin };
	return {
		app: toLogin(appConnection(logins)),
		migrator: toLogin(migratorConnection(logins)),
		admin: toLogin({ ...admin, database: database.name }),
	};
}

/**
 * A database `app` whose passwords are derived from the admin's, which is random and stored with the server's
 * files. So they need not be stored, and are the same on every server that starts from the same snapshot.
 */
export function privateDatabase(
	{ admin }: { readonly admin: Connection },
	roles: RoleOptions = {},
): DatabaseSettings {
	if (roles === false) return { name, owner: admin.username, migrator: admin, app: admin };
	const { owner, migrator, app, temporaryTables } =
		roles === oneRole ? singleRole : { ...defaultRoles, ...roles };
	const login = (username: string) => ({
		username,
		password: createHmac('sha256', admin.password).update(username).digest('base64url'),
	});
	return { name, owner, migrator: login(migrator), app: login(app), temporaryTables };
}

/** Whether there are no roles but the superuser, which bootstrap would refuse. */
function isBare({ admin }: PostgresServer, database: DatabaseSettings): boolean {
	return database.owner === admin.username && hasOneRole(database);
}

const name = defaultNames.database;
const singleRole = {
	owner: defaultNames.app,
	migrator: defaultNames.app,
	app: defaultNames.app,
	temporaryTables: undefined,
};
const defaultRoles: RoleNames & Pick<DatabaseSettings, 'temporaryTables'> = {
	owner: `${name}${defaultNames.owner}`,
	migrator: `${name}${defaultNames.migrator}`,
	app: defaultNames.app,
};
