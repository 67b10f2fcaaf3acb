import knex from 'knex';

if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set');

export const db = knex({ client: 'pg', connection: process.env.DATABASE_URL });
