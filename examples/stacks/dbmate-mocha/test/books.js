import assert from 'node:assert/strict';
import { addBook, listBooks } from '../src/library.js';

const dune = { isbn: '978-0441013593', title: 'Dune' };

describe('books', () => {
	it('are listed when they were added', async () => {
		assert.deepEqual([...(await listBooks())], []);
		const id = await addBook(dune);
		assert.deepEqual([...(await listBooks())], [{ id, ...dune }]);
	});

	it('have an ISBN of their own', async () => {
		await assert.rejects(addBook(dune), { code: '23505' });
	});
});
