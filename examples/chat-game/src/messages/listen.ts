import type { Sql } from 'postgres';
import type { Announcements } from './announcements.ts';
import { notifyChannel } from './store.ts';

/**
 * Passes on the notifications of all processes, over one connection for all streams. postgres.js reconnects when it is
 * lost. Notifications in between are lost, too, so every stream looks for messages then.
 */
export async function listenForMessages(sql: Sql, announcements: Announcements): Promise<void> {
	await sql.listen(
		notifyChannel,
		(channel) => announcements.announce(channel),
		() => announcements.announceAll(),
	);
}
