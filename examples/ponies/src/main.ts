import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import pg from 'pg';
import { createApp } from './app.tsx';
import { openDatabase } from './database/database.ts';
import { readSettings } from './settings.ts';

const { databaseUrl, host, port, ...sessions } = readSettings(process.env);
const pool = new pg.Pool({ connectionString: databaseUrl });
// Of a connection that nobody uses at the moment. The pool opens another one when it is needed.
pool.on('error', (error) => console.error(error));

const app = createApp({ db: openDatabase(pool), ...sessions });
const server = serve({ fetch: app.fetch, hostname: host, port }, ({ port }: AddressInfo) =>
	console.log(`Listening on http://${host}:${port}`),
);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close(() => pool.end()));
