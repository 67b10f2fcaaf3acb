import { expect } from 'vitest';
import type { Database } from '../src/database/database.ts';
import { listPonies, type PonyFilter, ponyFilter } from '../src/ponies/read.ts';
import { addPony, test } from './fixtures.ts';

const namesOf = async (db: Database, filter: Partial<PonyFilter>) =>
	(await listPonies(db, { order: 'name', ...filter })).map(({ name }) => name);

test('a pony is listed with its owner and its handlers', async ({ db }) => {
	await addPony(db, { name: 'Biscuit', handlers: ['Lee', 'Kim'] });
	expect(await listPonies(db, { order: 'name' })).toEqual([
		expect.objectContaining({
			name: 'Biscuit',
			owner: 'Ada',
			handlers: [expect.objectContaining({ name: 'Kim' }), expect.objectContaining({ name: 'Lee' })],
		}),
	]);
});

test('ponies are filtered by their owner and by one of their handlers', async ({ db }) => {
	const { owner_id } = await addPony(db, { name: 'Biscuit', handlers: ['Kim', 'Lee'] });
	await addPony(db, { name: 'Clover', handlers: ['Lee'] });
	await addPony(db, { name: 'Duke', owner: 'Ben', handlers: ['Kim'] });
	const { id: kim } = await db
		.selectFrom('handler')
		.select('id')
		.where('name', '=', 'Kim')
		.executeTakeFirstOrThrow();
	expect(await namesOf(db, { owner: owner_id })).toEqual(['Biscuit', 'Clover']);
	expect(await namesOf(db, { handler: kim })).toEqual(['Biscuit', 'Duke']);
	expect(await namesOf(db, { owner: owner_id, handler: kim })).toEqual(['Biscuit']);
});

test('ponies are ordered by name, age or number of handlers', async ({ db }) => {
	await addPony(db, { name: 'Clover', born: 2010, handlers: ['Kim'] });
	await addPony(db, { name: 'Duke', born: 2020 });
	await addPony(db, { name: 'Biscuit', born: 2015, handlers: ['Kim', 'Lee'] });
	expect(await namesOf(db, { order: 'name' })).toEqual(['Biscuit', 'Clover', 'Duke']);
	expect(await namesOf(db, { order: 'youngest' })).toEqual(['Duke', 'Biscuit', 'Clover']);
	expect(await namesOf(db, { order: 'handlers' })).toEqual(['Biscuit', 'Clover', 'Duke']);
});

test('invalid filters in the query are ignored', () => {
	expect(ponyFilter.parse({ owner: 'x', handler: '99999999999', order: 'name; DROP TABLE pony' })).toEqual({
		order: 'name',
	});
});
