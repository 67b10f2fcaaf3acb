/** @param {import('knex').Knex} knex */
exports.up = (knex) =>
	knex.schema.createTable('book', (table) => {
		table.increments('id');
		table.text('isbn').notNullable().unique();
		table.text('title').notNullable();
	});

/** @param {import('knex').Knex} knex */
exports.down = (knex) => knex.schema.dropTable('book');
