import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import pg from 'pg';
import { createApp } from './app.tsx';
import { openDatabase } from './database/database.ts';
import { readSettings } from './settings.ts';

const { databaseUrl, host, port, ...sessions } = readSettings(process.env);
const pool = new pg.Pool({ connectionString: databaseUrl });
// Emitted for idle connections. The pool replaces them when needed; without a listener, the process would exit.
pool.on('error', (error) => console.error(error));

const app = createApp({ db: openDatabase(pool), ...sessions });
const server = serve({ fetch: app.fetch, hostname: host, port }, ({ port }: AddressInfo) =>
	console.log(`Listening on http://${host}:${port}`),
);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close(() => pool.end()));
