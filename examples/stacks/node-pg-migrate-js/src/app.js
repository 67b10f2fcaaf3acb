import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { pool } from './db.js';

const routes = {
	'GET /books': async () => ({
		status: 200,
		body: (await pool.query('SELECT * FROM book ORDER BY id')).rows,
	}),
	'POST /books': async ({ isbn, title }) =>
		created('INSERT INTO book (isbn, title) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING *', isbn, title),
	'POST /loans': async ({ book, reader }) =>
		created(
			'INSERT INTO loan (book_id, reader) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING *',
			book,
			reader,
		),
};

async function created(sql, ...values) {
	const { rows } = await pool.query(sql, values);
	return { status: rows.length > 0 ? 201 : 409, body: rows[0] };
}

export const server = createServer(async (request, response) => {
	const route = routes[`${request.method} ${request.url}`] ?? (() => ({ status: 404 }));
	const body = request.method === 'POST' ? await json(request) : {};
	const result = await route(body).catch(() => ({ status: 500 }));
	response.writeHead(result.status, { 'content-type': 'application/json' });
	response.end(JSON.stringify(result.body ?? null));
});
