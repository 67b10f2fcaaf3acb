import { expect, test } from 'vitest';
import { app } from '../src/app.ts';

const dune = { isbn: '978-0441013593', title: 'Dune' };
const list = async () => (await app.inject('/books')).json();
const add = () => app.inject({ method: 'POST', url: '/books', payload: dune });

test('a book that was added is listed', async () => {
	expect(await list()).toEqual([]);
	expect((await add()).statusCode).toBe(201);
	expect(await list()).toEqual([{ id: 1, ...dune }]);
});

test('an ISBN is taken once', async () => {
	expect((await add()).statusCode).toBe(409);
});
