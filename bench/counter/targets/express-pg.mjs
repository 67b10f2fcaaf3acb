import express from 'express';
import pg from 'pg';
import { createPageRenderer } from '../../../src/counter/page/page.tsx';

// The obvious implementation: a pool with default settings, and a statement for each visit.
const { DB_HOST, DB_PORT, DB_USERNAME, DB_PASSWORD, DATABASE_NAME, HOST } = process.env;
const pool = new pg.Pool({
	host: DB_HOST,
	port: Number(DB_PORT),
	user: DB_USERNAME,
	password: DB_PASSWORD,
	database: DATABASE_NAME,
});
const renderPage = createPageRenderer();
const app = express();
app.get('/', async (_request, response) => {
	const { rows } = await pool.query(
		"UPDATE counter SET value = value + 1 WHERE name = 'visits' RETURNING value",
	);
	response.set('Cache-Control', 'no-store').send(renderPage(rows[0].value));
});
const server = app.listen(0, HOST, () =>
	process.send({ address: `http://${HOST}:${server.address().port}/` }),
);
process.once('disconnect', () => process.exit());
