import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import type { Database } from '../src/database/database.ts';
import { deleteOwner } from '../src/owners/store.ts';
import { deletePony, updatePony } from '../src/ponies/write.ts';
import { addPony, test } from './fixtures.ts';

const namesIn = async (db: Database, table: 'pony' | 'handler') =>
	(await db.selectFrom(table).select('name').orderBy('name').execute()).map(({ name }) => name);

test('ponies go with their owner, and so do handlers who have no other pony', async ({ db }) => {
	const { owner_id } = await addPony(db, { name: 'Biscuit', handlers: ['Kim', 'Lee'] });
	await addPony(db, { name: 'Clover', handlers: ['Kim'] });
	await addPony(db, { name: 'Duke', owner: 'Ben', handlers: ['Lee'] });
	expect(await deleteOwner(db, owner_id)).toBe('Ada');
	expect(await namesIn(db, 'pony')).toEqual(['Duke']);
	expect(await namesIn(db, 'handler')).toEqual(['Lee']);
});

test('a handler goes with the last pony', async ({ db }) => {
	const biscuit = await addPony(db, { name: 'Biscuit', handlers: ['Kim'] });
	const clover = await addPony(db, { name: 'Clover', handlers: ['Kim'] });
	await deletePony(db, biscuit.id);
	expect(await namesIn(db, 'handler')).toEqual(['Kim']);
	await deletePony(db, clover.id);
	expect(await namesIn(db, 'handler')).toEqual([]);
});

test('an edited pony keeps, adds and removes handlers', async ({ db }) => {
	const { id, owner_id } = await addPony(db, { name: 'Biscuit', handlers: ['Kim', 'Lee'] });
	const [kim] = await db.selectFrom('handler').selectAll().where('name', '=', 'Kim').execute();
	await updatePony(db, id, { name: 'Biscuit', owner_id, born: 2016, handlers: ['Max', 'Kim'] });
	expect(await namesIn(db, 'handler')).toEqual(['Kim', 'Max']);
	expect(await db.selectFrom('handler').selectAll().where('name', '=', 'Kim').execute()).toEqual([kim]);
	await updatePony(db, id, { name: 'Biscuit', owner_id, born: 2016, handlers: [] });
	expect(await namesIn(db, 'handler')).toEqual([]);
});

test('no handler is left by two transactions that each delete one of the last two ponies', async ({ db }) => {
	const biscuit = await addPony(db, { name: 'Biscuit', handlers: ['Kim'] });
	const clover = await addPony(db, { name: 'Clover', handlers: ['Kim'] });
	const first = await db.startTransaction().execute();
	await first.deleteFrom('pony').where('id', '=', biscuit.id).execute();
	const second = deletePony(db, clover.id);
	await untilOneWaits(db);
	await first.commit().execute();
	await second;
	expect(await namesIn(db, 'handler')).toEqual([]);
});

test('a handler who gets a pony while the last one is deleted stays', async ({ db }) => {
	const { id } = await addPony(db, { name: 'Biscuit', handlers: ['Kim'] });
	const first = await db.startTransaction().execute();
	await first.deleteFrom('pony').where('id', '=', id).execute();
	const second = addPony(db, { name: 'Clover', owner: 'Ben', handlers: ['Kim'] });
	await untilOneWaits(db);
	await first.commit().execute();
	await second;
	expect(await namesIn(db, 'handler')).toEqual(['Kim']);
});

/** Resolves when a session of this database waits for a lock. */
async function untilOneWaits(db: Database): Promise<void> {
	await vi.waitFor(async () => {
		const { rows } = await sql`
			SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
			db,
		);
		expect(rows).toHaveLength(1);
	}, 10_000);
}
