import assert from 'node:assert/strict';
import { addBook, giveBack, lend } from '../src/library.js';

describe('a book', () => {
	let id;
	before(async () => {
		id = await addBook({ isbn: '978-0593098233', title: 'Dune Messiah' });
	});

	it('is lent to one reader at a time', async () => {
		await lend(id, 'Ada');
		await assert.rejects(lend(id, 'Eve'), /is lent/);
	});

	it('is lent again when it is back', async () => {
		await giveBack(id);
		await lend(id, 'Eve');
	});
});
