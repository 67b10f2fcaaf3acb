import { globSync, readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { afterAll } from 'vitest';

const db = await PGlite.create();
for (const file of globSync('../db/migrations/*.sql').toSorted()) await db.exec(readFileSync(file, 'utf8'));
const server = new PGLiteSocketServer({ db, port: 0, maxConnections: 10 });
await server.start();
process.env.DATABASE_URL = `postgres://postgres@${server.getServerConn()}/postgres?sslmode=disable`;
const { pool } = await import('@library/db');

afterAll(async () => {
	await pool.end();
	await server.stop();
});
