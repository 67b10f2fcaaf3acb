import type { Pool } from 'pg';

export async function hasGroup(pool: Pool, name: string): Promise<boolean> {
	const { rowCount } = await pool.query('SELECT 1 FROM estimation_group WHERE name = $1', [name]);
	return rowCount === 1;
}

/**
 * Returns false if the group exists. Of two concurrent inserts, the second waits at the unique index until the first
 * commits. A query before the insert would show both that the name is free.
 */
export async function createGroup(pool: Pool, name: string): Promise<boolean> {
	const insert = 'INSERT INTO estimation_group (name) VALUES ($1) ON CONFLICT DO NOTHING';
	const { rowCount } = await pool.query(insert, [name]);
	return rowCount === 1;
}
