import { describe, expect } from 'vitest';
import { clientOf } from './client.ts';
import { readEvents } from './events.ts';
import { test as base } from './rolled-back.ts';

const test = base.extend('channel', async ({ ada }) => {
	await ada.post('/channels', { channel: 'general' });
	return '/channels/general';
});

test('a duplicate or invalid channel name is refused', async ({ ada, channel: _ }) => {
	expect(await ada.post('/channels', { channel: 'general' })).toMatchObject({ status: 409 });
	expect(await ada.post('/channels', { channel: 'No Spaces' })).toMatchObject({ status: 400 });
});

test('channels are listed with their recent messages, the busiest first', async ({ ada, channel, sql }) => {
	await ada.post('/channels', { channel: 'another' });
	await ada.post(`${channel}/messages`, { content: 'today' });
	await sql`INSERT INTO messages (channel, "user", time) VALUES ('another', 'ada', now() - interval '25 hours')`;
	expect((await ada.get('/channels')).body).toEqual([
		{ channel: 'general', recentMessages: 1 },
		{ channel: 'another', recentMessages: 0 },
	]);
});

test('a posted message is returned and listed', async ({ ada, channel }) => {
	const { status, body } = await ada.post(`${channel}/messages`, { content: 'hello' });
	expect({ status, body }).toMatchObject({ status: 201, body: { user: 'ada', content: 'hello' } });
	expect((await ada.get(`${channel}/messages`)).body).toEqual({ messages: [body], before: null });
});

test('messages are read page by page, the newest first', async ({ ada, app, channel }) => {
	for (const content of ['1', '2', '3', '4', '5']) await ada.post(`${channel}/messages`, { content });
	const pages: string[][] = [];
	for (let query = '?limit=2'; ; ) {
		const { body } = await clientOf(app).get(`${channel}/messages${query}`);
		pages.push(body.messages.map(({ content }: { content: string }) => content));
		// New messages do not shift the pages.
		await ada.post(`${channel}/messages`, { content: 'later' });
		if (body.before === null) break;
		query = `?limit=2&before=${body.before}`;
	}
	expect(pages).toEqual([['5', '4'], ['3', '2'], ['1']]);
});

test.for([
	['empty content', { content: '' }],
	['a NUL', { content: 'a\0b' }],
	['more than 2000 characters', { content: 'x'.repeat(2001) }],
	['no content', {}],
] as const)('a message with %s is refused', async ([, body], { ada, channel }) => {
	expect(await ada.post(`${channel}/messages`, body)).toMatchObject({ status: 400 });
});

test('an unknown channel is not found', async ({ ada, app }) => {
	const notFound = { status: 404, body: { error: 'There is no channel nowhere' } };
	expect(await ada.post('/channels/nowhere/messages', { content: 'hello' })).toEqual(notFound);
	expect(await ada.get('/channels/nowhere/messages')).toEqual(notFound);
	expect((await app.request('/channels/nowhere/events')).status).toBe(404);
	expect((await app.request('/channels/%00/messages')).status).toBe(404);
});

describe('a stream', () => {
	test('starts with the latest messages', async ({ app, channel, sql }) => {
		await sql`
			INSERT INTO messages (channel, "user", time, content)
			SELECT 'general', 'ada', now(), number FROM generate_series(1, 60) AS number`;
		await using events = await readEvents(app, channel);
		const contents = await events.take(50);
		expect([contents.at(0), contents.at(-1)]).toEqual(['11', '60']);
	});

	test('continues after the last message that the browser received', async ({ ada, app, channel }) => {
		const { body: seen } = await ada.post(`${channel}/messages`, { content: 'seen' });
		await ada.post(`${channel}/messages`, { content: 'missed' });
		await using events = await readEvents(app, channel, { 'Last-Event-ID': seen.id });
		expect(await events.take(1)).toEqual(['missed']);
	});
});

test('the home page links to the page of each channel', async ({ app, channel }) => {
	const response = await app.request(channel);
	expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
	expect(await response.text()).toContain('<h1>general</h1>');
	expect(await (await app.request('/')).text()).toContain(`<a href="${channel}">general</a>`);
	expect((await app.request('/channel.js')).headers.get('Content-Type')).toMatch(/^text\/javascript/);
});
