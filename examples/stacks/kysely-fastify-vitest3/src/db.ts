import { type Generated, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

interface Tables {
	book: { id: Generated<number>; isbn: string; title: string };
	loan: { id: Generated<number>; book_id: number; reader: string; returned_at: Date | null };
}

if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
export const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
