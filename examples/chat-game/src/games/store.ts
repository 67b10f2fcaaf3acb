import type { Sql } from 'postgres';

export interface Game {
	/** A bigint, which postgres.js returns as a string. */
	readonly id: string;
	readonly channel: string;
	/** Null while the game is running. */
	readonly finished: Date | null;
}

export interface Score {
	readonly user: string;
	readonly points: number;
}

/** Returns undefined if the channel does not exist. */
export async function startGame(sql: Sql, channel: string): Promise<Game | undefined> {
	const [game] = await sql<Game[]>`
		INSERT INTO games (channel) SELECT channel FROM chats WHERE channel = ${channel}
		RETURNING id, channel, finished`;
	return game;
}

export async function readGame(sql: Sql, id: string): Promise<Game | undefined> {
	const [game] = await sql<Game[]>`SELECT id, channel, finished FROM games WHERE id = ${id}`;
	return game;
}

/** Returns undefined if no such game is running. */
export async function finishGame(sql: Sql, id: string): Promise<Game | undefined> {
	const [game] = await sql<Game[]>`
		UPDATE games SET finished = now() WHERE id = ${id} AND finished IS NULL
		RETURNING id, channel, finished`;
	return game;
}

/**
 * Adds points to a user's score in a game. Returns undefined if no such game is running.
 *
 * FOR SHARE lets users score concurrently, and makes finishing the game wait for them. A score is capped at the maximum of
 * smallint.
 */
export async function addPoints(
	sql: Sql,
	{ game, user, points }: { game: string; user: string; points: number },
): Promise<Score | undefined> {
	const [score] = await sql<Score[]>`
		WITH running AS (SELECT id FROM games WHERE id = ${game} AND finished IS NULL FOR SHARE)
		INSERT INTO scores (game, "user", points) SELECT id, ${user}, ${points} FROM running
		ON CONFLICT (game, "user") DO UPDATE SET points = least(scores.points::int + excluded.points, 32767)
		RETURNING "user", points`;
	return score;
}

export async function readScores(sql: Sql, game: string): Promise<readonly Score[]> {
	return await sql<Score[]>`
		SELECT "user", points FROM scores WHERE game = ${game} ORDER BY points DESC, "user"`;
}

export interface BoardEntry extends Score {
	readonly rank: number;
	readonly games: number;
}

/** The best players of the games that were finished in the last 30 days. */
export async function readBoard(sql: Sql): Promise<readonly BoardEntry[]> {
	return await sql<BoardEntry[]>`
		SELECT
			rank() OVER (ORDER BY sum(points) DESC)::int AS rank,
			"user",
			sum(points)::int AS points,
			count(*)::int AS games
		FROM scores JOIN games ON games.id = scores.game
		WHERE games.finished > now() - interval '30 days'
		GROUP BY "user"
		ORDER BY rank, "user"
		LIMIT 20`;
}
