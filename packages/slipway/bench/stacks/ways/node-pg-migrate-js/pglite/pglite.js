import { after } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { runner } from 'node-pg-migrate';

// The process that starts the test files preloads this module, too.
if (process.env.NODE_TEST_CONTEXT) {
	const server = new PGLiteSocketServer({ db: await PGlite.create(), port: 0, maxConnections: 10 });
	await server.start();
	process.env.DATABASE_URL = `postgres://postgres@${server.getServerConn()}/postgres?sslmode=disable`;
	await runner({
		databaseUrl: process.env.DATABASE_URL,
		dir: 'migrations',
		direction: 'up',
		migrationsTable: 'pgmigrations',
		log: () => {},
	});
	after(() => server.stop());
}
