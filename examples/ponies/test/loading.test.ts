import { expect } from 'vitest';
import { loadAsJson, loadByJoin, loadByTable, loadLazily } from '../loading/ways.ts';
import { openDatabase } from '../src/database/database.ts';
import { createOwner } from '../src/owners/store.ts';
import { addPony, test } from './fixtures.ts';

test('all ways to load owners return the same, with different numbers of queries', async ({ db, pool }) => {
	await addPony(db, { owner: 'Ada', name: 'Clover', handlers: ['Lee', 'Kim'] });
	await addPony(db, { owner: 'Ada', name: 'Biscuit' });
	await addPony(db, { owner: 'Cleo', name: 'Ember', handlers: ['Kim'] });
	await createOwner(db, { name: 'Ben' });
	await createOwner(db, { name: 'Dan' });
	const queries = [];
	for (const load of [loadLazily, loadByTable, loadByJoin, loadAsJson]) {
		let count = 0;
		const counting = openDatabase(pool, () => {
			count += 1;
		});
		expect(await load(counting, 3)).toEqual([
			{
				name: 'Ada',
				ponies: [
					{ name: 'Biscuit', handlers: [] },
					{ name: 'Clover', handlers: ['Kim', 'Lee'] },
				],
			},
			{ name: 'Ben', ponies: [] },
			{ name: 'Cleo', ponies: [{ name: 'Ember', handlers: ['Kim'] }] },
		]);
		queries.push(count);
	}
	expect(queries).toEqual([7, 3, 1, 1]);
});
