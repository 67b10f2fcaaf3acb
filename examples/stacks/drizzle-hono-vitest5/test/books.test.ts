import { expect, test } from 'vitest';
import { app } from '../src/app.ts';

const post = (path: string, body: object) =>
	app.request(path, { method: 'POST', body: JSON.stringify(body) });
const dune = { isbn: '978-0441013593', title: 'Dune' };

test('a book that was added is listed', async () => {
	expect(await (await app.request('/books')).json()).toEqual([]);
	expect((await post('/books', dune)).status).toBe(201);
	expect(await (await app.request('/books')).json()).toEqual([{ id: 1, ...dune }]);
});

test('an ISBN is taken once', async () => {
	expect((await post('/books', dune)).status).toBe(409);
});
