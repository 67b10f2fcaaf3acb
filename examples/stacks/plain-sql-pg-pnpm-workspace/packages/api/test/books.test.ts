import { expect, test } from 'vitest';
import { addBook, listBooks } from '../src/library.ts';

test('a book that was added is listed', async () => {
	expect(await listBooks()).toEqual([]);
	const book = await addBook('978-0441013593', 'Dune');
	expect(await listBooks()).toEqual([book]);
});

test('an ISBN is taken once', async () => {
	await expect(addBook('978-0441013593', 'Dune')).rejects.toMatchObject({ code: '23505' });
});
