import { expect } from 'vitest';
import { test as base } from './rolled-back.ts';

const test = base.extend('game', async ({ ada }) => {
	await ada.post('/channels', { channel: 'general' });
	const { body } = await ada.post('/channels/general/games');
	return `/games/${body.id}`;
});

test('points add up while a game is running', async ({ ada, eve, game }) => {
	await ada.post(`${game}/points`, { points: 2 });
	await eve.post(`${game}/points`, { points: 4 });
	expect((await ada.post(`${game}/points`, { points: 3 })).body).toEqual({ user: 'ada', points: 5 });
	expect((await ada.get(game)).body).toMatchObject({
		finished: null,
		scores: [
			{ user: 'ada', points: 5 },
			{ user: 'eve', points: 4 },
		],
	});
});

test('a finished game accepts no points, and cannot be finished again', async ({ ada, game }) => {
	const { body } = await ada.post(`${game}/finish`);
	expect(body.finished).toEqual(expect.any(String));
	const conflict = { status: 409, body: { error: 'The game is finished' } };
	expect(await ada.post(`${game}/points`, { points: 1 })).toEqual(conflict);
	expect(await ada.post(`${game}/finish`)).toEqual(conflict);
});

test('a score is capped at the maximum of its column', async ({ ada, game, sql }) => {
	await ada.post(`${game}/points`, { points: 1 });
	await sql`UPDATE scores SET points = 32760`;
	expect((await ada.post(`${game}/points`, { points: 100 })).body.points).toBe(32767);
	expect(await ada.post(`${game}/points`, { points: 101 })).toMatchObject({ status: 400 });
});

test('the score board counts games finished in the last 30 days', async ({ ada, eve, game, sql }) => {
	await sql`
		WITH old AS (INSERT INTO games (channel, finished) VALUES ('general', now() - interval '31 days') RETURNING id)
		INSERT INTO scores (game, "user", points) SELECT id, 'eve', 100 FROM old`;
	await ada.post(`${game}/points`, { points: 2 });
	await eve.post(`${game}/points`, { points: 2 });
	expect((await ada.get('/scores')).body).toEqual([]);
	await ada.post(`${game}/finish`);
	expect((await ada.get('/scores')).body).toEqual([
		{ rank: 1, user: 'ada', points: 2, games: 1 },
		{ rank: 1, user: 'eve', points: 2, games: 1 },
	]);
});

test('a client other than a browser needs no body and no Origin', async ({ app, ada, game }) => {
	expect((await ada.get(game)).status).toBe(200);
	const authorization = `Basic ${btoa('ada:correct horse')}`;
	const init = { method: 'POST', headers: { Authorization: authorization } };
	expect((await app.request(`${game}/finish`, init)).status).toBe(200);
});

test('an unknown game or channel is not found', async ({ ada }) => {
	expect(await ada.get('/games/999999')).toMatchObject({ status: 404 });
	expect(await ada.post('/games/999999/points', { points: 1 })).toMatchObject({ status: 404 });
	expect(await ada.post('/games/999999/finish')).toMatchObject({ status: 404 });
	expect(await ada.post('/channels/nowhere/games')).toMatchObject({ status: 404 });
});
