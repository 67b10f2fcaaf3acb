import type { Sql } from 'postgres';
import { type Connection, withClient } from '../connection/index.ts';
import { quoteIdentifier } from '../sql.ts';

/**
 * Marks a database that accepts no connections otherwise, such as a saved state. It is set together with opening the
 * database, so that it is also known after this process was killed.
 */
const mark = 'slipway.closed';

export interface OpenedDatabases extends AsyncDisposable {
	readonly names: readonly string[];
}

/** Opens all databases that accept no connections, to be read, until they are disposed of. */
export async function openClosedDatabases(server: Connection): Promise<OpenedDatabases> {
	const names = await withClient(server, async (sql) => {
		await sql`SET default_transaction_read_only = off`;
		const closed = await readClosed(sql);
		for (const name of closed) {
			const database = `ALTER DATABASE ${quoteIdentifier(name)}`;
			await sql.unsafe(`${database} SET ${mark} = on; ${database} ALLOW_CONNECTIONS true`);
		}
		return closed;
	});
	return {
		names,
		// Should that fail, the databases can be used, and the next copy closes them.
		[Symbol.asyncDispose]: () => withClient(server, (sql) => closeDatabases(sql, names)).catch(() => {}),
	};
}

export async function closeDatabases(sql: Sql, names: readonly string[]): Promise<void> {
	await sql`SET default_transaction_read_only = off`;
	for (const name of names) {
		const database = `ALTER DATABASE ${quoteIdentifier(name)}`;
		await sql.unsafe(`${database} RESET ${mark}; ${database} ALLOW_CONNECTIONS false`);
	}
}

async function readClosed(sql: Sql): Promise<string[]> {
	const rows = await sql<{ name: string }[]>`
		SELECT datname AS name FROM pg_database
		LEFT JOIN pg_db_role_setting ON setdatabase = pg_database.oid AND setrole = 0
		WHERE datname <> 'template0' AND (NOT datallowconn OR ${`${mark}=on`} = ANY (setconfig))`;
	return rows.map(({ name }) => name);
}
