import { promises as fs } from 'node:fs';
import path from 'node:path';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import { afterAll } from 'vitest';

const container = await new PostgreSqlContainer('postgres:18').start();
process.env.DATABASE_URL = container.getConnectionUri();
const { db } = await import('../src/db.ts');
const provider = new FileMigrationProvider({ fs, path, migrationFolder: path.resolve('migrations') });
const { error } = await new Migrator({ db, provider }).migrateToLatest();
if (error) throw error;

afterAll(async () => {
	await db.destroy();
	await container.stop();
});
