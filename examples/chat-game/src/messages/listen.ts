import type { Sql } from 'postgres';
import type { Announcements } from './announcements.ts';
import { notifyChannel } from './store.ts';

/**
 * Passes on what any process announces, over one connection for all streams. postgres.js opens it again when it is lost.
 * What was announced in between is lost, too, so then every stream has to look.
 */
export async function listenForMessages(sql: Sql, announcements: Announcements): Promise<void> {
	await sql.listen(
		notifyChannel,
		(channel) => announcements.announce(channel),
		() => announcements.announceAll(),
	);
}
