import fastify from 'fastify';
import { db } from './db.ts';

export const app = fastify();

app.get('/books', () => db.selectFrom('book').selectAll().orderBy('id').execute());

app.post<{ Body: { isbn: string; title: string } }>('/books', async ({ body }, reply) => {
	const { isbn, title } = body;
	const book = await db
		.insertInto('book')
		.values({ isbn, title })
		.onConflict((conflict) => conflict.doNothing())
		.returningAll()
		.executeTakeFirst();
	return reply.code(book ? 201 : 409).send(book);
});

app.post<{ Params: { id: number }; Body: { reader: string } }>('/books/:id/loans', async (request, reply) => {
	const loan = await db
		.insertInto('loan')
		.values({ book_id: request.params.id, reader: request.body.reader, returned_at: null })
		.onConflict((conflict) => conflict.doNothing())
		.returningAll()
		.executeTakeFirst();
	return reply.code(loan ? 201 : 409).send(loan);
});
