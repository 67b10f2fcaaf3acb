import { beforeAll, expect, test } from 'vitest';
import { app } from '../src/app.ts';
import { db } from '../src/db.ts';

const lend = (id: number, reader: string) =>
	app.inject({ method: 'POST', url: `/books/${id}/loans`, payload: { reader } });

beforeAll(async () => {
	await db.insertInto('book').values({ isbn: '978-0441013593', title: 'Dune' }).execute();
});

test('a book is lent to one reader at a time', async () => {
	expect((await lend(1, 'Ada')).statusCode).toBe(201);
	expect((await lend(1, 'Eve')).statusCode).toBe(409);
});
