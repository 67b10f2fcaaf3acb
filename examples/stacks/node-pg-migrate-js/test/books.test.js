import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { server } from '../src/app.js';
import { pool } from '../src/db.js';

const dune = { isbn: '978-0441013593', title: 'Dune' };
let url;

before(async () => {
	await new Promise((resolve) => server.listen(0, resolve));
	url = `http://localhost:${server.address().port}/books`;
});
after(async () => {
	server.close();
	await pool.end();
});

const list = async () => (await fetch(url)).json();
const add = () => fetch(url, { method: 'POST', body: JSON.stringify(dune) });

test('a book that was added is listed', async () => {
	assert.deepEqual(await list(), []);
	assert.equal((await add()).status, 201);
	assert.deepEqual(await list(), [{ id: 1, ...dune }]);
});

test('an ISBN is taken once', async () => {
	assert.equal((await add()).status, 409);
});
