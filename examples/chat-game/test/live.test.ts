import postgres from 'postgres';
import { databaseTest } from 'slipway/vitest';
import { expect } from 'vitest';
import { createApp } from '../src/app.ts';
import { Announcements } from '../src/messages/announcements.ts';
import { listenForMessages } from '../src/messages/listen.ts';
import { register } from './client.ts';
import { readEvents } from './events.ts';

const channel = '/channels/general';

/** The service as main.ts starts it, with connections of its own, as another process would have. */
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

/** PostgreSQL sends a notification with the commit, so these tests commit, each in a database of its own. */
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
	await ada.post(`${channel}/messages`, { content: 'hello' });
	await ada.post('/channels/another/messages', { content: 'elsewhere' });
	expect(await general.take(1)).toEqual(['hello']);
	expect(await another.take(1)).toEqual(['elsewhere']);
});

test('no message is lost or repeated when many are posted at once', async ({ ada, service, sql }) => {
	await using events = await readEvents(service.app, channel);
	await Promise.all(
		Array.from({ length: 20 }, (_, index) => ada.post(`${channel}/messages`, { content: `${index}` })),
	);
	const rows = await sql`SELECT content FROM messages ORDER BY id`;
	expect(await events.take(20)).toEqual(rows.map(({ content }) => content));
});

test('a stream has what was posted while the listening connection was lost', async ({
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
