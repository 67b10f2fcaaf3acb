import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Sql } from 'postgres';
import { z } from 'zod';
import { validate } from '../http/validate.ts';
import { requireUser, type UserEnv } from '../users/require-user.ts';
import { channelName } from './path.ts';
import { addChannel, listChannels } from './store.ts';

const newChannel = z.object({
	channel: z.string().regex(new RegExp(`^${channelName}$`), '1 to 40 lower-case letters, digits and hyphens'),
});

export function channelRoutes(sql: Sql): Hono<UserEnv> {
	return new Hono<UserEnv>()
		.get('/channels', async (c) => c.json(await listChannels(sql)))
		.post('/channels', requireUser(sql), validate('json', newChannel), async (c) => {
			const { channel } = c.req.valid('json');
			if (!(await addChannel(sql, channel)))
				throw new HTTPException(409, { message: `Channel ${channel} already exists` });
			return c.json({ channel }, 201, { Location: `/channels/${channel}` });
		});
}
