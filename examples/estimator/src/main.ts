import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { openPool } from './database.ts';

const { DATABASE_URL, HOST = '127.0.0.1', PORT = '3000' } = process.env;

const pool = openPool(DATABASE_URL);
const app = createApp({ pool });
const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, ({ address, port }) =>
	console.log(`listening on ${address}, port ${port}`),
);

/** Stops after the requests in flight are answered. */
const stop = () => server.close(() => void pool.end());
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
