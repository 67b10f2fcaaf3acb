import { Hono } from 'hono';
import { db } from './db.ts';
import { book, loan } from './schema.ts';

export const app = new Hono();

app.get('/books', async (c) => c.json(await db.select().from(book).orderBy(book.id)));

app.post('/books', async (c) => {
	const { isbn, title } = await c.req.json<typeof book.$inferInsert>();
	const [added] = await db.insert(book).values({ isbn, title }).onConflictDoNothing().returning();
	return added ? c.json(added, 201) : c.json({ error: `${isbn} is there already` }, 409);
});

app.post('/books/:id/loans', async (c) => {
	const { reader } = await c.req.json<{ reader: string }>();
	const values = { bookId: Number(c.req.param('id')), reader };
	const [lent] = await db.insert(loan).values(values).onConflictDoNothing().returning();
	return lent ? c.json(lent, 201) : c.json({ error: 'The book is lent' }, 409);
});
