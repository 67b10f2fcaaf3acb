import { expect } from 'vitest';
import { listHandlersWithPonies } from '../src/handlers/store.ts';
import { countByOwner, createOwner } from '../src/owners/store.ts';
import { addPony, test } from './fixtures.ts';

test('owners are listed with the numbers of their ponies and of distinct handlers, most ponies first', async ({
	db,
}) => {
	await createOwner(db, { name: 'Cleo' });
	await addPony(db, { owner: 'Ben', name: 'Duke' });
	await addPony(db, { owner: 'Ada', name: 'Biscuit', handlers: ['Kim', 'Lee'] });
	await addPony(db, { owner: 'Ada', name: 'Clover', handlers: ['Kim'] });
	expect((await countByOwner(db)).map(({ name, ponies, handlers }) => [name, ponies, handlers])).toEqual([
		['Ada', 2, 2],
		['Ben', 1, 0],
		['Cleo', 0, 0],
	]);
});

test('handlers are listed with their ponies', async ({ db }) => {
	await addPony(db, { owner: 'Ada', name: 'Clover', handlers: ['Kim', 'Lee'] });
	await addPony(db, { owner: 'Ben', name: 'Biscuit', handlers: ['Kim'] });
	const handlers = await listHandlersWithPonies(db);
	expect(handlers.map(({ name, ponies }) => [name, ponies.map((pony) => pony.name)])).toEqual([
		['Kim', ['Biscuit', 'Clover']],
		['Lee', ['Clover']],
	]);
});

test('an owner is added and deleted by forms, and a duplicate name is refused', async ({ visitor }) => {
	expect(await visitor.send('/owners', { name: ' Ada ' })).toMatchObject({
		status: 303,
		location: '/owners',
	});
	expect((await visitor.open('/owners')).text).toContain('Ada was added.');
	const again = await visitor.send('/owners', { name: 'Ada' });
	expect(again).toMatchObject({
		status: 409,
		text: expect.stringContaining('There is already an owner of that name.'),
	});
	const [, path = ''] = again.text.match(/action="(\/owners\/\d+\/delete)"/) ?? [];
	expect(await visitor.send(path, {})).toMatchObject({ status: 303, location: '/owners' });
	expect(await visitor.send(path, {})).toMatchObject({ status: 404 });
});
