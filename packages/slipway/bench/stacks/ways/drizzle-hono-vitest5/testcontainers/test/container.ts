import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { afterAll } from 'vitest';

const container = await new PostgreSqlContainer('postgres:18').start();
process.env.DATABASE_URL = container.getConnectionUri();
const { db } = await import('../src/db.ts');
await migrate(db, { migrationsFolder: 'drizzle' });

afterAll(async () => {
	await db.$client.end();
	await container.stop();
});
