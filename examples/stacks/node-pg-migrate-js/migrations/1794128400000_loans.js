/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export const up = (pgm) => {
	pgm.createTable('loan', {
		id: { type: 'integer', primaryKey: true, sequenceGenerated: { precedence: 'ALWAYS' } },
		book_id: { type: 'integer', notNull: true, references: 'book' },
		reader: { type: 'text', notNull: true },
		returned_at: 'timestamptz',
	});
	pgm.createIndex('loan', 'book_id', { name: 'loan_open', unique: true, where: 'returned_at IS NULL' });
};

/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export const down = (pgm) => pgm.dropTable('loan');
