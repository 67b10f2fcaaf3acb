import type { Migrations } from './config/index.ts';
import { type Connection, withClient } from './connection/index.ts';
import { bootstrapDatabase } from './database/bootstrap/index.ts';
import {
	type CompareOptions,
	compareSchemas,
	loadModels,
	readModels,
	type SchemaDifference,
	type ShadowDatabase,
} from './database/models/index.ts';
import type { RoleOptions } from './settings/index.ts';
import { type PreparedServer, startPostgres } from './start-postgres.ts';

export interface DiffOptions extends CompareOptions {
	/** The role names that the migrations and the models use. */
	readonly roles?: Exclude<RoleOptions, false>;
	readonly migrations: Migrations | false;
	/** The folder that contains the models: files named schema.sql, at any depth. */
	readonly models: string;
}

/**
 * Compares the schema that the migrations create with the one that the models declare, in two databases on a
 * temporary server. Throws what `startPostgres`, `readModels`, `loadModels` and `compareSchemas` throw.
 */
export async function diffModels({
	migrations,
	models,
	roles = {},
	...options
}: DiffOptions): Promise<SchemaDifference> {
	const files = await readModels(models);
	await using server = await startPostgres({ migrations, roles });
	const owner = await ownerOf(server.migrator);
	const current = database(server, owner, server.migrator.database);
	const desired = database(server, owner, 'models');
	await bootstrapDatabase(
		server.admin,
		{ ...server, owner, name: desired.migrator.database },
		{ dedicated: true },
	);
	await loadModels(desired.migrator, files);
	return await compareSchemas(current, desired, options);
}

function database({ admin, migrator }: PreparedServer, owner: string, name: string): ShadowDatabase {
	return { owner, migrator: { ...migrator, database: name }, admin: { ...admin, database: name } };
}

/** The migrator acts as the owner from login. */
async function ownerOf(migrator: Connection): Promise<string> {
	const rows = await withClient(migrator, (sql) => sql<{ owner: string }[]>`SELECT current_user AS owner`);
	return rows[0]?.owner ?? migrator.username;
}
