import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema
		.createTable('loan')
		.addColumn('id', 'integer', (column) => column.primaryKey().generatedAlwaysAsIdentity())
		.addColumn('book_id', 'integer', (column) => column.notNull().references('book.id'))
		.addColumn('reader', 'text', (column) => column.notNull())
		.addColumn('returned_at', 'timestamptz')
		.execute();
	await db.schema
		.createIndex('loan_open')
		.unique()
		.on('loan')
		.column('book_id')
		.where('returned_at', 'is', null)
		.execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await db.schema.dropTable('loan').execute();
}
