import { expect, test } from 'vitest';
import { addBook, lend } from '../src/library.ts';

test('a book is lent to one reader at a time', async () => {
	const { id } = await addBook('978-0441013593', 'Dune');
	expect(await lend(id, 'Ada')).toBe(true);
	expect(await lend(id, 'Eve')).toBe(false);
});

test('a book that does not exist is not lent', async () => {
	await expect(lend(99, 'Ada')).rejects.toMatchObject({ code: '23503' });
});
