import pg from 'pg';

export function openPool(url: string | undefined): pg.Pool {
	if (!url) throw new Error('DATABASE_URL is not set. `npm run dev` sets it.');
	const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 5_000 });
	// Emitted for idle connections, for example when the server restarts. Without a listener, the process would exit.
	pool.on('error', ({ message }) => console.error(`lost an idle connection: ${message}`));
	return pool;
}
