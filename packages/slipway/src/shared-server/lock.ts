import { type Connection, maintenanceDatabase, withClient } from '../connection/index.ts';
import { lockKey } from './names.ts';

/** Calls `use` while no other process is in a call with the same name, on the server that `admin` logs in to. */
export async function withLock<T>(admin: Connection, name: string, use: () => Promise<T>): Promise<T> {
	return await withClient(
		{ ...admin, database: maintenanceDatabase },
		async (sql) => {
			// Another process may take minutes, for many migrations, and this session is idle while `use` runs.
			await sql.unsafe('SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = 0');
			await sql`SELECT pg_advisory_lock(${lockKey(name)}::bigint)`;
			return await use();
		},
		{ applicationName: 'slipway lock' },
	);
}
