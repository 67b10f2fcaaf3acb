import { expect, test } from 'vitest';
import { addBook, listBooks } from '../src/library.ts';

test('a book that was added is listed', async () => {
	expect(await listBooks()).toEqual([]);
	expect(await addBook('978-0441013593', 'Dune')).toMatchObject({ id: 1, title: 'Dune' });
	expect(await listBooks()).toEqual([{ title: 'Dune' }]);
});

test('an ISBN is taken once', async () => {
	await expect(addBook('978-0441013593', 'Dune')).rejects.toMatchObject({ code: 'P2002' });
});
