import request from 'supertest';
import { startApp } from './start-app';

let app: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
	app = await startApp();
});
afterAll(() => app.close());

test('a book that was added is listed', async () => {
	const dune = { isbn: '978-0441013593', title: 'Dune' };
	const books = request(app.getHttpServer());
	expect((await books.get('/books')).body).toEqual([]);
	await books.post('/books').send(dune).expect(201);
	expect((await books.get('/books')).body).toEqual([{ id: 1, ...dune }]);
});
