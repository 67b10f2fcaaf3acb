import type { Pool } from 'pg';

export async function hasGroup(pool: Pool, name: string): Promise<boolean> {
	const { rowCount } = await pool.query('SELECT 1 FROM estimation_group WHERE name = $1', [name]);
	return rowCount === 1;
}

/**
 * Resolves with false if the group exists. Of two requests at once, the second waits in the unique index for the first
 * to commit, where a query before the insert would show both of them a free name.
 */
export async function createGroup(pool: Pool, name: string): Promise<boolean> {
	const insert = 'INSERT INTO estimation_group (name) VALUES ($1) ON CONFLICT DO NOTHING';
	const { rowCount } = await pool.query(insert, [name]);
	return rowCount === 1;
}
