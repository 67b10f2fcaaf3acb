import type { Sql } from 'postgres';
import type { Announcements } from './announcements.ts';
import { notifyChannel } from './store.ts';

/**
 * Forwards the notifications of all processes, over one connection for all streams. postgres.js reconnects when that
 * connection is lost. Notifications sent in between are lost, so every stream then queries for messages.
 */
export async function listenForMessages(sql: Sql, announcements: Announcements): Promise<void> {
	await sql.listen(
		notifyChannel,
		(channel) => announcements.announce(channel),
		() => announcements.announceAll(),
	);
}
