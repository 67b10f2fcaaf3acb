import type { Sql } from 'postgres';
import { type Connection, withExclusiveClient } from '../../connection/index.ts';

/**
 * Lends `use` a client of the admin's. Names mean PostgreSQL's own objects on it: what a user may have put into
 * `public` under such a name does not run with the admin's rights.
 */
export async function withAdmin<T>(admin: Connection, use: (sql: Sql) => Promise<T>): Promise<T> {
	const session = async (sql: Sql) => {
		await sql.unsafe('SET search_path = pg_catalog');
		return await use(sql);
	};
	return await withExclusiveClient(admin, session, { applicationName: 'slipway bootstrap' });
}
