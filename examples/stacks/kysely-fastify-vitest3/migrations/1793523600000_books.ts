import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema
		.createTable('book')
		.addColumn('id', 'integer', (column) => column.primaryKey().generatedAlwaysAsIdentity())
		.addColumn('isbn', 'text', (column) => column.notNull().unique())
		.addColumn('title', 'text', (column) => column.notNull())
		.execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await db.schema.dropTable('book').execute();
}
