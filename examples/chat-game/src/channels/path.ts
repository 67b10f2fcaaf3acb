import { HTTPException } from 'hono/http-exception';
import type { Sql } from 'postgres';
import { hasChannel } from './store.ts';

export const channelName = '[a-z0-9-]{1,40}';

/** The route of a channel. It does not match invalid names, such as one with a NUL: they get a 404. */
export const channelPath = `/channels/:channel{${channelName}}` as const;

export async function requireChannel(sql: Sql, channel: string): Promise<void> {
	if (!(await hasChannel(sql, channel))) throw noChannel(channel);
}

export function noChannel(channel: string): HTTPException {
	return new HTTPException(404, { message: `There is no channel ${channel}` });
}
