import type { Sql } from 'postgres';

export interface Channel {
	readonly channel: string;
	/** The number of messages in the last 24 hours. */
	readonly recentMessages: number;
}

/** Returns false if the name is taken. */
export async function addChannel(sql: Sql, channel: string): Promise<boolean> {
	const { count } = await sql`INSERT INTO chats (channel) VALUES (${channel}) ON CONFLICT DO NOTHING`;
	return count === 1;
}

export async function hasChannel(sql: Sql, channel: string): Promise<boolean> {
	const { count } = await sql`SELECT FROM chats WHERE channel = ${channel}`;
	return count === 1;
}

/** All channels, the busiest first. */
export async function listChannels(sql: Sql): Promise<readonly Channel[]> {
	return await sql<Channel[]>`
		SELECT chats.channel, count(messages.id)::int AS "recentMessages"
		FROM chats LEFT JOIN messages
			ON messages.channel = chats.channel AND messages.time > now() - interval '24 hours'
		GROUP BY chats.channel
		ORDER BY "recentMessages" DESC, chats.channel`;
}
