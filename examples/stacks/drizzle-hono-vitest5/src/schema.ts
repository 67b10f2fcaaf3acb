import { isNull } from 'drizzle-orm';
import { integer, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

export const book = pgTable('book', {
	id: integer().primaryKey().generatedAlwaysAsIdentity(),
	isbn: text().notNull().unique(),
	title: text().notNull(),
});

export const loan = pgTable(
	'loan',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		bookId: integer('book_id')
			.notNull()
			.references(() => book.id),
		reader: text().notNull(),
		returnedAt: timestamp('returned_at', { withTimezone: true }),
	},
	(table) => [uniqueIndex('loan_open').on(table.bookId).where(isNull(table.returnedAt))],
);
