import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Sql } from 'postgres';
import { z } from 'zod';
import { channelPath, noChannel } from '../channels/path.ts';
import { validate } from '../http/validate.ts';
import { requireUser, type UserEnv } from '../users/require-user.ts';
import { addPoints, finishGame, readBoard, readGame, readScores, startGame } from './store.ts';

const gamePath = '/games/:id{[0-9]{1,18}}';
const newPoints = z.object({ points: z.int().min(1).max(100) });

export function gameRoutes(sql: Sql): Hono<UserEnv> {
	return new Hono<UserEnv>()
		.post(`${channelPath}/games`, requireUser(sql), async (c) => {
			const { channel } = c.req.param();
			const game = await startGame(sql, channel);
			if (game === undefined) throw noChannel(channel);
			return c.json(game, 201, { Location: `/games/${game.id}` });
		})
		.get(gamePath, async (c) => {
			const game = await readGame(sql, c.req.param('id'));
			if (game === undefined) throw noGame();
			return c.json({ ...game, scores: await readScores(sql, game.id) });
		})
		.post(`${gamePath}/points`, requireUser(sql), validate('json', newPoints), async (c) => {
			const { id } = c.req.param();
			const score = await addPoints(sql, { game: id, user: c.var.user, ...c.req.valid('json') });
			return c.json(score ?? (await refuse(sql, id)));
		})
		.post(`${gamePath}/finish`, requireUser(sql), async (c) => {
			const { id } = c.req.param();
			return c.json((await finishGame(sql, id)) ?? (await refuse(sql, id)));
		})
		.get('/scores', async (c) => c.json(await readBoard(sql)));
}

async function refuse(sql: Sql, id: string): Promise<never> {
	if ((await readGame(sql, id)) === undefined) throw noGame();
	throw new HTTPException(409, { message: 'The game is finished' });
}

function noGame(): HTTPException {
	return new HTTPException(404, { message: 'There is no such game' });
}
