import { prisma } from './db.ts';

export const addBook = (isbn: string, title: string) => prisma.book.create({ data: { isbn, title } });

export const lend = (bookId: number, reader: string) =>
	prisma.loan.create({ data: { book: { connect: { id: bookId } }, reader } });

/** All books, with the reader who has each of them. */
export async function listBooks(): Promise<{ title: string; reader: string | undefined }[]> {
	const books = await prisma.book.findMany({
		include: { loans: { where: { returnedAt: null } } },
		orderBy: { id: 'asc' },
	});
	return books.map(({ title, loans }) => ({ title, reader: loans[0]?.reader }));
}
