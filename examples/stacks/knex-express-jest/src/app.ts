import express from 'express';
import { db } from './db';

export const app = express();
app.use(express.json());

app.get('/books', async (_request, response) => {
	response.json(await db('book').select().orderBy('id'));
});

app.post('/books', async (request, response) => {
	const { isbn, title } = request.body;
	const [book] = await db('book').insert({ isbn, title }).onConflict().ignore().returning('*');
	response.status(book ? 201 : 409).json(book);
});

app.post('/books/:id/loans', async (request, response) => {
	const loan = await db.transaction(async (trx) => {
		const book = await trx('book').where({ id: request.params.id }).first().forUpdate();
		const open = await trx('loan').where({ book_id: book.id, returned_at: null }).first();
		if (open) return;
		const [loan] = await trx('loan').insert({ book_id: book.id, reader: request.body.reader }).returning('*');
		return loan;
	});
	response.status(loan ? 201 : 409).json(loan);
});
