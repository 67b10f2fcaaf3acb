import type { Sql } from 'postgres';

export interface Message {
	/** A bigint, which postgres.js returns as a string. */
	readonly id: string;
	readonly user: string;
	readonly time: Date;
	readonly content: string;
}

/** The PostgreSQL notification channel for new messages. */
export const notifyChannel = 'messages';

/**
 * Adds a message, and announces it when it is committed. Returns undefined if the channel does not exist.
 *
 * A message gets its id at the insert, not at the commit. The lock on the channel makes both orders the same, so that a
 * reader who has seen an id never misses a lower one.
 */
export async function addMessage(
	sql: Sql,
	{ channel, user, content }: { channel: string; user: string; content: string },
): Promise<Message | undefined> {
	return await sql.begin(async (tx) => {
		const { count } = await tx`SELECT FROM chats WHERE channel = ${channel} FOR NO KEY UPDATE`;
		if (count === 0) return undefined;
		const [message] = await tx<Message[]>`
			INSERT INTO messages (channel, "user", time, content)
			VALUES (${channel}, ${user}, clock_timestamp(), ${content})
			RETURNING id, "user", time, content`;
		// Sent at the commit. tx.notify() would use another connection and send it now, before others can see the message. The
		// payload is only the channel: it must be shorter than 8000 bytes.
		await tx`SELECT pg_notify(${notifyChannel}, ${channel})`;
		return message;
	});
}

/** The latest messages, or the latest before an id. The newest come first. */
export async function readLatest(
	sql: Sql,
	channel: string,
	{ before, limit }: { before?: string | undefined; limit: number },
): Promise<readonly Message[]> {
	return await sql<Message[]>`
		SELECT id, "user", time, content FROM messages
		WHERE channel = ${channel} ${before === undefined ? sql`` : sql`AND id < ${before}`}
		ORDER BY id DESC LIMIT ${limit}`;
}

/** The first messages after an id. The oldest come first. */
export async function readAfter(
	sql: Sql,
	channel: string,
	{ after, limit }: { after: string; limit: number },
): Promise<readonly Message[]> {
	return await sql<Message[]>`
		SELECT id, "user", time, content FROM messages
		WHERE channel = ${channel} AND id > ${after}
		ORDER BY id LIMIT ${limit}`;
}
