import { createApp } from '../src/app.ts';
import { openPool } from '../src/database.ts';

export const pool = openPool(process.env.DATABASE_URL);
export const app = createApp({ pool });

/** `name` must be encoded for a URL. */
export const get = (name: string) => app.request(`/rest/v1/group/${name}`);
export const post = (name: string) => app.request(`/rest/v1/group/${name}`, { method: 'POST' });

export async function groupNames(): Promise<string[]> {
	const { rows } = await pool.query<{ name: string }>('SELECT name FROM estimation_group ORDER BY name');
	return rows.map(({ name }) => name);
}
