/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export const up = (pgm) => {
	pgm.createTable('book', {
		id: { type: 'integer', primaryKey: true, sequenceGenerated: { precedence: 'ALWAYS' } },
		isbn: { type: 'text', notNull: true, unique: true },
		title: { type: 'text', notNull: true },
	});
};

/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export const down = (pgm) => pgm.dropTable('book');
