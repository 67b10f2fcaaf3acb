import knex from 'knex';
import ClientPgLite from 'knex-pglite';

export const db = knex({
	client: ClientPgLite,
	dialect: 'postgres',
	connection: {},
	migrations: { directory: './migrations' },
});
