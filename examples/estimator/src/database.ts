import pg from 'pg';

export function openPool(url: string | undefined): pg.Pool {
	if (!url) throw new Error('DATABASE_URL is not set. `npm run dev` sets it.');
	const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 5_000 });
	// A server that restarts ends idle connections. Without a listener, that would end this process.
	pool.on('error', ({ message }) => console.error(`lost an idle connection: ${message}`));
	return pool;
}
