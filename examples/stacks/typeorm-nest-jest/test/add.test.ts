import request from 'supertest';
import { startApp } from './start-app';

let app: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
	app = await startApp();
});
afterAll(() => app.close());

test('an ISBN is taken once', async () => {
	const books = request(app.getHttpServer());
	await books.post('/books').send({ isbn: '978-0441013593', title: 'Dune' }).expect(201);
	await books.post('/books').send({ isbn: '978-0441013593', title: 'Dune' }).expect(409);
});
