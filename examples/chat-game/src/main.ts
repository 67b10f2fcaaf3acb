import { once } from 'node:events';
import { serve } from '@hono/node-server';
import postgres from 'postgres';
import { createApp } from './app.ts';
import { Announcements } from './messages/announcements.ts';
import { listenForMessages } from './messages/listen.ts';

const { DATABASE_URL, HOST = '127.0.0.1', PORT = '3000' } = process.env;
if (!DATABASE_URL) throw new Error('DATABASE_URL is not set. Start the service with npm run dev.');

const sql = postgres(DATABASE_URL);
const announcements = new Announcements();
await listenForMessages(sql, announcements);
const app = createApp({ sql, announcements });
const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, ({ port }) =>
	console.log(`http://${HOST}:${port}`),
);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
// The server waits for open responses, and streams do not end by themselves.
announcements.close();
await new Promise((resolve) => server.close(resolve));
await sql.end();
