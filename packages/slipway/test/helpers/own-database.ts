import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { bootstrapDatabase } from '../../src/database/bootstrap/index.ts';
import { migrationStatus } from '../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../src/postgres/index.ts';
import { appConnection, type DatabaseSettings, migratorConnection } from '../../src/settings/index.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface OwnDatabase {
	readonly settings: DatabaseSettings;
	readonly migrator: Connection;
	readonly app: Connection;
}

/** A bootstrapped database, with roles of its own, that no other test knows. */
export async function ownDatabase({ admin }: PostgresServer): Promise<OwnDatabase> {
	const name = `test_${randomBytes(6).toString('hex')}`;
	const settings: DatabaseSettings = {
		name,
		owner: `${name}_owner`,
		migrator: { username: `${name}_migrator`, password: 'migrator secret' },
		app: { username: `${name}_app`, password: 'app secret' },
	};
	await bootstrapDatabase(admin, settings);
	const given = { admin, database: settings, endpoint: admin, migratorEndpoint: admin };
	return { settings, migrator: migratorConnection(given), app: appConnection(given) };
}

/** A directory of the running test's own with these migrations, by their names without `.sql`. */
export function migrationsDirectory(migrations: Record<string, string>): string {
	const directory = temporaryDirectory();
	for (const [name, text] of Object.entries(migrations)) writeMigration(directory, name, text);
	return directory;
}

export function writeMigration(directory: string, name: string, text: string): void {
	writeFileSync(join(directory, `${name}.sql`), text);
}

/** A migration that makes the table `name` and removes it. */
export function makesTable(name: string): string {
	return `-- Up Migration\nCREATE TABLE ${name} (id int);\n-- Down Migration\nDROP TABLE ${name};\n`;
}

/** Each migration with its state, such as `1_a pending`. */
export const statesOf = async (connection: Connection, directory: string) =>
	(await migrationStatus(connection, directory)).map(({ name, state }) => `${name} ${state}`);

/** The tables of the schema `public`. */
export async function tablesOf(connection: Connection): Promise<readonly string[]> {
	return await withClient(connection, async (sql) => {
		const rows = await sql<{ name: string }[]>`
			SELECT relname AS name FROM pg_class
			WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`;
		return rows.map(({ name }) => name);
	});
}
