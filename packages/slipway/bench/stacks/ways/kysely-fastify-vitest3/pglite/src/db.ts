import { promises as fs } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type Generated, Kysely, PGliteDialect } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';

interface Tables {
	book: { id: Generated<number>; isbn: string; title: string };
	loan: { id: Generated<number>; book_id: number; reader: string; returned_at: Date | null };
}

export const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: await PGlite.create() }) });
const provider = new FileMigrationProvider({ fs, path, migrationFolder: path.resolve('migrations') });
const { error } = await new Migrator({ db, provider }).migrateToLatest();
if (error) throw error;
