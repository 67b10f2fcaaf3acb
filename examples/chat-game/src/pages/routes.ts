import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { Sql } from 'postgres';
import { channelPath, requireChannel } from '../channels/path.ts';
import { listChannels } from '../channels/store.ts';
import { channelPage, homePage } from './pages.ts';

const script = join(import.meta.dirname, 'channel.client.js');

export function pageRoutes(sql: Sql): Hono {
	return new Hono()
		.get('/', async (c) => c.html(homePage(await listChannels(sql))))
		.get(channelPath, async (c) => {
			const { channel } = c.req.param();
			await requireChannel(sql, channel);
			return c.html(channelPage(channel));
		})
		.get('/channel.js', serveStatic({ path: script }));
}
