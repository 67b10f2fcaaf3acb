import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { type LedgerAction, throwLedgerError } from './ledger.ts';

/** One entry in the history of the schema. */
export interface MigrationEvent {
	readonly at: Date;
	readonly action: LedgerAction;
	readonly name: string;
	/** The role that logged in. */
	readonly role: string;
	/** The operating system's user and host name. */
	readonly origin: string;
}

/**
 * What was applied, reverted and stamped, and by whom, oldest first. Needs a role that may read the ledger.
 */
export async function migrationHistory(connection: Connection): Promise<readonly MigrationEvent[]> {
	return await withClient(connection, async (sql) => ((await hasHistory(sql)) ? await readHistory(sql) : []));
}

async function hasHistory(sql: Sql): Promise<boolean> {
	const [found] = await sql`
		SELECT EXISTS (SELECT FROM pg_catalog.pg_class
			WHERE relnamespace = to_regnamespace('slipway') AND relname = 'migration_history') AS has`;
	return found?.has === true;
}

async function readHistory(sql: Sql): Promise<readonly MigrationEvent[]> {
	return await sql<MigrationEvent[]>`
		SELECT at, action, name, role, origin FROM slipway.migration_history ORDER BY id`.catch((error) =>
		throwLedgerError(error, 'migration_history'),
	);
}
