import { type Connection, withClient } from '../connection/index.ts';
import { hasCode } from '../errors.ts';
import { hasOneRole } from '../settings/index.ts';
import type { MigrationStep, MigrationTarget } from './source.ts';

const undefinedTable = '42P01';

/** Whether the last run of the command on this database had the same inputs. */
export async function wasRun(migrator: Connection, { name, sha256 }: MigrationStep): Promise<boolean> {
	return await withClient(migrator, async (sql) => {
		const rows = await sql`
			SELECT FROM slipway.command_runs WHERE command = ${name} AND sha256 = ${sha256}`.catch(
			(error: unknown) => {
				if (hasCode(error, undefinedTable)) return [];
				throw error;
			},
		);
		return rows.length > 0;
	});
}

/** The app may read the table, as all of the schema `slipway`, and not change it, unless it is the owner. */
export async function noteRun(
	{ migrator, database }: MigrationTarget,
	{ name, sha256 }: MigrationStep,
): Promise<void> {
	await withClient(migrator, async (sql) => {
		await sql.begin(async (transaction) => {
			await transaction`CREATE SCHEMA IF NOT EXISTS slipway`;
			await transaction`CREATE TABLE IF NOT EXISTS slipway.command_runs (command text PRIMARY KEY, sha256 text NOT NULL)`;
			if (!hasOneRole(database))
				await transaction`
					REVOKE INSERT, UPDATE, DELETE ON slipway.command_runs FROM ${sql(database.app.username)}`;
			await transaction`
				INSERT INTO slipway.command_runs VALUES (${name}, ${sha256})
				ON CONFLICT (command) DO UPDATE SET sha256 = excluded.sha256`;
		});
	});
}
