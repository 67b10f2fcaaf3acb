import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { runner } from 'node-pg-migrate';

// The process that starts the test files preloads this module, too.
if (process.env.NODE_TEST_CONTEXT) {
	const container = await new PostgreSqlContainer('postgres:18').start();
	process.env.DATABASE_URL = container.getConnectionUri();
	await runner({
		databaseUrl: process.env.DATABASE_URL,
		dir: 'migrations',
		direction: 'up',
		migrationsTable: 'pgmigrations',
		log: () => {},
	});
	process.once('beforeExit', () => container.stop());
}
