import { rows } from '@library/db';

export interface Book {
	readonly id: number;
	readonly isbn: string;
	readonly title: string;
}

export const listBooks = () => rows<Book>('SELECT id, isbn, title FROM book ORDER BY id');

export async function addBook(isbn: string, title: string): Promise<Book> {
	const [book] = await rows<Book>('INSERT INTO book (isbn, title) VALUES ($1, $2) RETURNING *', isbn, title);
	return book as Book;
}

/** Whether the reader got the book. */
export async function lend(bookId: number, reader: string): Promise<boolean> {
	const loans = await rows(
		'INSERT INTO loan (book_id, reader) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id',
		bookId,
		reader,
	);
	return loans.length > 0;
}
