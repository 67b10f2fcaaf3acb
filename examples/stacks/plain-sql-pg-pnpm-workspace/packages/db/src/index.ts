import pg from 'pg';

if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set');

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });

/** The rows of a query. */
export async function rows<Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<Row[]> {
	return (await pool.query<Row>(sql, values)).rows;
}
