/** @param {import('knex').Knex} knex */
exports.up = (knex) =>
	knex.schema.createTable('loan', (table) => {
		table.increments('id');
		table.integer('book_id').notNullable().references('book.id');
		table.text('reader').notNullable();
		table.timestamp('returned_at');
		table.unique(['book_id'], { indexName: 'loan_open', predicate: knex.whereNull('returned_at') });
	});

/** @param {import('knex').Knex} knex */
exports.down = (knex) => knex.schema.dropTable('loan');
