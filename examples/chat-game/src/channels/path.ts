import { HTTPException } from 'hono/http-exception';
import type { Sql } from 'postgres';
import { hasChannel } from './store.ts';

/** The path of a channel. Names that no channel can have, such as one with a NUL, are not found. */
export const channelPath = '/channels/:channel{[a-z0-9-]{1,40}}';

export async function requireChannel(sql: Sql, channel: string): Promise<void> {
	if (!(await hasChannel(sql, channel))) throw noChannel(channel);
}

export function noChannel(channel: string): HTTPException {
	return new HTTPException(404, { message: `There is no channel ${channel}` });
}
