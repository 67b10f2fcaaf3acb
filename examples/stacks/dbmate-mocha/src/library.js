import { sql } from './db.js';

export const listBooks = () => sql`SELECT id, isbn, title FROM book ORDER BY id`;

export async function addBook({ isbn, title }) {
	const [book] = await sql`INSERT INTO book (isbn, title) VALUES (${isbn}, ${title}) RETURNING id`;
	return book.id;
}

export async function lend(bookId, reader) {
	const rows = await sql`
		INSERT INTO loan (book_id, reader) VALUES (${bookId}, ${reader}) ON CONFLICT DO NOTHING RETURNING id`;
	if (rows.length === 0) throw new Error(`Book ${bookId} is lent`);
}

export const giveBack = (bookId) =>
	sql`UPDATE loan SET returned_at = now() WHERE book_id = ${bookId} AND returned_at IS NULL`;
