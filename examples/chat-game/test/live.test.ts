import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { serve } from '@hono/node-server';
import postgres, { type Sql } from 'postgres';
import { databaseTest } from 'slipway/vitest';
import { expect, vi } from 'vitest';
import { createApp } from '../src/app.ts';
import { Announcements } from '../src/messages/announcements.ts';
import { listenForMessages } from '../src/messages/listen.ts';
import { register } from './client.ts';
import { readEvents } from './events.ts';

const channel = '/channels/general';

// Less than the interval at which a stream queries without a notification, so that messages arrive only by notification.
vi.setConfig({ testTimeout: 20_000 });

/** Starts the service as main.ts does, with its own connections, as in another process. */
async function startService({ app: { url } }: { app: { url: string } }, { onCleanup }: Cleanup) {
	const sql = postgres(url);
	onCleanup(() => sql.end());
	const announcements = new Announcements();
	await listenForMessages(sql, announcements);
	return { app: createApp({ sql, announcements }), announcements };
}

interface Cleanup {
	onCleanup(stop: () => Promise<void>): void;
}

/** PostgreSQL sends notifications at the commit, so these tests commit, each in its own database. */
const test = databaseTest
	.extend('service', startService)
	.extend('other', startService)
	.extend('ada', async ({ other }) => {
		const ada = await register(other.app, 'ada');
		await ada.post('/channels', { channel: 'general' });
		return ada;
	});

test('a message reaches the open streams of its channel in another process', async ({ ada, service }) => {
	await ada.post('/channels', { channel: 'another' });
	await using general = await readEvents(service.app, channel);
	await using another = await readEvents(service.app, '/channels/another');
	for (const content of ['1', '2', '3', '4', '5']) {
		await ada.post(`${channel}/messages`, { content });
		expect(await general.take(1)).toEqual([content]);
	}
	await ada.post('/channels/another/messages', { content: 'elsewhere' });
	expect(await another.take(1)).toEqual(['elsewhere']);
});

test('a message that commits late is not overtaken by a later one', async ({ ada, other, service, sql }) => {
	const eve = await register(other.app, 'eve');
	await using events = await readEvents(service.app, channel);
	const posted: Promise<unknown>[] = [];
	await sql.begin(async (tx) => {
		// Ada's message gets its id, and then its foreign key check waits for this lock.
		await tx`SELECT FROM users WHERE username = 'ada' FOR UPDATE`;
		posted.push(ada.post(`${channel}/messages`, { content: 'first' }));
		await expect.poll(() => countWaiting(sql), { timeout: 10_000 }).toBe(1);
		posted.push(eve.post(`${channel}/messages`, { content: 'second' }));
		await expect.poll(() => countWaiting(sql), { timeout: 10_000 }).toBe(2);
	});
	await Promise.all(posted);
	expect(await events.take(2)).toEqual(['first', 'second']);
});

async function countWaiting(sql: Sql): Promise<number> {
	const { count } = await sql`
		SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
	return count;
}

test('a stream sends messages that were posted while the listening connection was down', async ({
	ada,
	service,
	connect,
}) => {
	await using events = await readEvents(service.app, channel);
	const admin = connect({ as: 'admin' });
	const ended = await admin`
		SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
		WHERE datname = current_database() AND query ILIKE 'listen%'`;
	expect(ended).toHaveLength(2);
	await ada.post(`${channel}/messages`, { content: 'missed' });
	expect(await events.take(1)).toEqual(['missed']);
});

test('streams end when the service stops', async ({ ada: _, service }) => {
	await using events = await readEvents(service.app, channel);
	service.announcements.close();
	await expect(events.take(1)).rejects.toThrow('the stream ended');
});

test('a page that reconnects does not keep the server from closing', async ({ ada: _, service }) => {
	const server = serve({ fetch: service.app.fetch, hostname: '127.0.0.1', port: 0 });
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	// As a browser does, it reconnects on the connection that it has.
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const open = () => once(get({ host: '127.0.0.1', port, path: `${channel}/events`, agent }), 'response');
	const [stream] = await open();
	service.announcements.close();
	const closed = once(server, 'close');
	server.close();
	await text(stream);
	await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
	await closed;
});
