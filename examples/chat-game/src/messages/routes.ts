import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Sql } from 'postgres';
import { z } from 'zod';
import { channelPath, noChannel, requireChannel } from '../channels/path.ts';
import { id, validate } from '../http/validate.ts';
import { requireUser, type UserEnv } from '../users/require-user.ts';
import type { Announcements } from './announcements.ts';
import { addMessage, readLatest } from './store.ts';
import { recent, streamMessages } from './stream.ts';

const newMessage = z.object({
	content: z
		.string()
		.min(1)
		.max(2000)
		.refine((text) => !text.includes('\0'), 'must not contain NUL'),
});
const page = z.object({
	before: id.optional(),
	limit: z.coerce.number().int().min(1).max(100).default(50),
});

export function messageRoutes(sql: Sql, announcements: Announcements): Hono<UserEnv> {
	return new Hono<UserEnv>()
		.get(`${channelPath}/messages`, validate('query', page), async (c) => {
			const { channel } = c.req.param();
			const { before, limit } = c.req.valid('query');
			await requireChannel(sql, channel);
			// One row more than the page shows whether there is another.
			const rows = await readLatest(sql, channel, { before, limit: limit + 1 });
			const messages = rows.slice(0, limit);
			return c.json({ messages, before: rows.length > limit ? messages.at(-1)?.id : null });
		})
		.post(`${channelPath}/messages`, requireUser(sql), validate('json', newMessage), async (c) => {
			const { channel } = c.req.param();
			const message = await addMessage(sql, { channel, user: c.var.user, ...c.req.valid('json') });
			if (message === undefined) throw noChannel(channel);
			return c.json(message, 201);
		})
		.get(`${channelPath}/events`, async (c) => {
			const { channel } = c.req.param();
			await requireChannel(sql, channel);
			// Browsers send it when they reconnect.
			const seen = id.safeParse(c.req.header('Last-Event-ID'));
			const after = seen.success ? seen.data : await recent(sql, channel);
			const response = streamSSE(c, (stream) =>
				streamMessages(stream, { sql, announcements, channel, after }),
			);
			// Otherwise browsers reconnect on the same connection, and a server that is closing waits for it forever.
			response.headers.set('Connection', 'close');
			return response;
		});
}
