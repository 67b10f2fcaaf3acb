import { HTTPException } from 'hono/http-exception';
import type { Sql } from 'postgres';
import { hasChannel } from './store.ts';

/** The path of a channel. One that no channel can have, such as with a NUL, has no route. */
export const channelPath = '/channels/:channel{[a-z0-9-]{1,40}}';

export async function requireChannel(sql: Sql, channel: string): Promise<void> {
	if (!(await hasChannel(sql, channel))) throw noChannel(channel);
}

export function noChannel(channel: string): HTTPException {
	return new HTTPException(404, { message: `There is no channel ${channel}` });
}
