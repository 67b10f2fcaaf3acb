import { globSync, readFileSync } from 'node:fs';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { afterAll } from 'vitest';

const container = await new PostgreSqlContainer('postgres:18').start();
process.env.DATABASE_URL = container.getConnectionUri();
const { pool } = await import('@library/db');
for (const file of globSync('../db/migrations/*.sql').toSorted())
	await pool.query(readFileSync(file, 'utf8'));

afterAll(async () => {
	await pool.end();
	await container.stop();
});
