import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { server } from '../src/app.js';
import { pool } from '../src/db.js';

before(async () => {
	await new Promise((resolve) => server.listen(0, resolve));
	await pool.query("INSERT INTO book (isbn, title) VALUES ('978-0441013593', 'Dune')");
});
after(async () => {
	server.close();
	await pool.end();
});

const lend = (book, reader) =>
	fetch(`http://localhost:${server.address().port}/loans`, {
		method: 'POST',
		body: JSON.stringify({ book, reader }),
	});

test('a book is lent to one reader at a time', async () => {
	assert.equal((await lend(1, 'Ada')).status, 201);
	assert.equal((await lend(1, 'Eve')).status, 409);
});
