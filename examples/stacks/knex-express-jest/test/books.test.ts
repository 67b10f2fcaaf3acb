import request from 'supertest';
import { app } from '../src/app';
import { db } from '../src/db';

const dune = { isbn: '978-0441013593', title: 'Dune' };

afterAll(() => db.destroy());

test('a book that was added is listed', async () => {
	expect((await request(app).get('/books')).body).toEqual([]);
	await request(app).post('/books').send(dune).expect(201);
	expect((await request(app).get('/books')).body).toEqual([{ id: 1, ...dune }]);
});

test('an ISBN is taken once', async () => {
	await request(app).post('/books').send(dune).expect(409);
});
