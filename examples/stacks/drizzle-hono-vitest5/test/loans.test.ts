import { beforeAll, expect, test } from 'vitest';
import { app } from '../src/app.ts';
import { db } from '../src/db.ts';
import { book } from '../src/schema.ts';

const lend = (id: number, reader: string) =>
	app.request(`/books/${id}/loans`, { method: 'POST', body: JSON.stringify({ reader }) });

beforeAll(async () => {
	await db.insert(book).values({ isbn: '978-0441013593', title: 'Dune' });
});

test('a book is lent to one reader at a time', async () => {
	expect((await lend(1, 'Ada')).status).toBe(201);
	expect((await lend(1, 'Eve')).status).toBe(409);
});
