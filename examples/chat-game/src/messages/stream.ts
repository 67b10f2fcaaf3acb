import type { SSEStreamingApi } from 'hono/streaming';
import type { Sql } from 'postgres';
import type { Announcements } from './announcements.ts';
import { readAfter, readLatest } from './store.ts';

const limit = 50;
/**
 * In milliseconds. Proxies close connections that are silent for a minute. A stream also queries for messages at this
 * interval, because it can take time to notice that the listening connection is lost.
 */
const heartbeat = 25_000;

/** The id after which a new stream starts, so that it begins with the latest messages. */
export async function recent(sql: Sql, channel: string): Promise<string> {
	const messages = await readLatest(sql, channel, { limit: limit + 1 });
	return messages[limit]?.id ?? '0';
}

/** Sends the messages of a channel after an id, and then new ones, until the client disconnects or the service stops. */
export async function streamMessages(
	stream: SSEStreamingApi,
	{ sql, announcements, channel, after }: Options,
): Promise<void> {
	const subscription = announcements.subscribe(channel);
	stream.onAbort(() => subscription.wake());
	try {
		await stream.write('retry: 1000\n\n');
		for (let last = after; !stream.aborted && !announcements.closed; ) {
			const messages = await readAfter(sql, channel, { after: last, limit });
			for (const { id, ...message } of messages) await stream.writeSSE({ id, data: JSON.stringify(message) });
			last = messages.at(-1)?.id ?? last;
			if (messages.length < limit && !(await subscription.wait(heartbeat))) await stream.write(':\n\n');
		}
	} finally {
		subscription.cancel();
	}
}

interface Options {
	readonly sql: Sql;
	readonly announcements: Announcements;
	readonly channel: string;
	readonly after: string;
}
