import request from 'supertest';
import { app } from '../src/app';
import { db } from '../src/db';

const lend = (id: number, reader: string) => request(app).post(`/books/${id}/loans`).send({ reader });

beforeAll(async () => {
	await db('book').insert({ isbn: '978-0441013593', title: 'Dune' });
});
afterAll(() => db.destroy());

test('a book is lent to one reader at a time', async () => {
	await lend(1, 'Ada').expect(201);
	await lend(1, 'Eve').expect(409);
});

test('a reader can have two books', async () => {
	const [{ id }] = await db('book').insert({ isbn: '978-0593098233', title: 'Dune Messiah' }).returning('id');
	await lend(id, 'Ada').expect(201);
});
