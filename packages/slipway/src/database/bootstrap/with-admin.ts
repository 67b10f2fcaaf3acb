import type { Sql } from 'postgres';
import { type Connection, withExclusiveClient } from '../../connection/index.ts';

/**
 * Calls `use` with a client logged in as the admin. Unqualified names mean PostgreSQL's own objects, so that
 * nothing a user put into `public` under such a name runs with the admin's privileges.
 */
export async function withAdmin<T>(admin: Connection, use: (sql: Sql) => Promise<T>): Promise<T> {
	const session = async (sql: Sql) => {
		await sql.unsafe('SET search_path = pg_catalog');
		return await use(sql);
	};
	return await withExclusiveClient(admin, session, { applicationName: 'slipway bootstrap' });
}
