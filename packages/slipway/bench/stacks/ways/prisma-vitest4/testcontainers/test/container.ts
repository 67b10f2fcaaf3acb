import { globSync, readFileSync } from 'node:fs';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import pg from 'pg';
import { afterAll } from 'vitest';

const container = await new PostgreSqlContainer('postgres:18').start();
process.env.DATABASE_URL = container.getConnectionUri();
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
for (const file of globSync('prisma/migrations/*/migration.sql').toSorted())
	await client.query(readFileSync(file, 'utf8'));
await client.end();
const { prisma } = await import('../src/db.ts');

afterAll(async () => {
	await prisma.$disconnect();
	await container.stop();
});
