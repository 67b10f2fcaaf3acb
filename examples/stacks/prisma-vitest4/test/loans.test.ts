import { beforeAll, expect, test } from 'vitest';
import { addBook, lend, listBooks } from '../src/library.ts';

beforeAll(() => addBook('978-0441013593', 'Dune'));

test('a book is lent to one reader at a time', async () => {
	await lend(1, 'Ada');
	await expect(lend(1, 'Eve')).rejects.toMatchObject({ code: 'P2002' });
	expect(await listBooks()).toEqual([{ title: 'Dune', reader: 'Ada' }]);
});

test('a book that does not exist is not lent', async () => {
	await expect(lend(99, 'Ada')).rejects.toMatchObject({ code: 'P2025' });
});
