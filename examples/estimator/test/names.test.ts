import { expect, test } from 'vitest';
import { get, post } from './app.ts';

test.each([
	['a'],
	['a'.repeat(40)],
	['𐐷'.repeat(40)], // two UTF-16 code units each
	['team-1_b.c d'],
	['Café Zoë'],
	['チーム'],
])('%s is accepted, and its Location can be read', async (name) => {
	const created = await post(encodeURIComponent(name));
	expect(created.status).toBe(201);
	const location = created.headers.get('Location') ?? '';
	expect(location).toMatch(/^\/rest\/v1\/group\/[\w.%-]+$/);
	const read = await get(location.replace('/rest/v1/group/', ''));
	expect(await read.json()).toEqual({ groupname: name });
});

test.each([
	['with 41 characters', 'a'.repeat(41)],
	['with a slash', 'a%2Fb'],
	['with two spaces', 'a%20%20b'],
	['that begins with a space', '%20a'],
	['that ends with a dot', 'a.'],
	['with a control character', 'a%0Ab'],
	['with NUL', 'a%00'],
	['with an invisible character', 'a%E2%80%8Bb'],
	['with markup', '%3Cb%3E'],
	['in Latin-1', 'caf%E9'],
	['with an incomplete encoding', 'a%2'],
	['that is encoded twice', 'a%2520b'],
])('a name %s is refused', async (_, name) => {
	for (const response of [await get(name), await post(name)]) {
		expect(response.status).toBe(400);
		expect(await response.json()).toEqual({ error: expect.stringContaining('1 to 40 characters') });
	}
});

test('two encodings of the same letters name one group', async () => {
	const [composed, decomposed] = ['caf%C3%A9', 'cafe%CC%81'];
	const created = await post(decomposed);
	expect(created.headers.get('Location')).toBe(`/rest/v1/group/${composed}`);
	expect((await post(composed)).status).toBe(409);
	for (const name of [composed, decomposed])
		expect(await (await get(name)).json()).toEqual({ groupname: 'café' });
});
