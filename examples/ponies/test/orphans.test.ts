import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import type { Database } from '../src/database/database.ts';
import { deleteOwner } from '../src/owners/store.ts';
import { deletePony, updatePony } from '../src/ponies/write.ts';
import { addPony, test } from './fixtures.ts';

const namesIn = async (db: Database, table: 'pony' | 'handler') =>
	(await db.selectFrom(table).select('name').orderBy('name').execute()).map(({ name }) => name);

test('deleting an owner deletes the ponies, and handlers who have no other pony', async ({ db }) => {
	const { owner_id } = await addPony(db, { name: 'Biscuit', handlers: ['Kim', 'Lee'] });
	await addPony(db, { name: 'Clover', handlers: ['Kim'] });
	await addPony(db, { name: 'Duke', owner: 'Ben', handlers: ['Lee'] });
	expect(await deleteOwner(db, owner_id)).toBe('Ada');
	expect(await namesIn(db, 'pony')).toEqual(['Duke']);
	expect(await namesIn(db, 'handler')).toEqual(['Lee']);
});

test('a handler is deleted with the last pony', async ({ db }) => {
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
	await untilWaiting(db, 1);
	await first.commit().execute();
	await second;
	expect(await namesIn(db, 'handler')).toEqual([]);
});

test('a handler who gets a pony while the last one is deleted stays', async ({ db }) => {
	const { id } = await addPony(db, { name: 'Biscuit', handlers: ['Kim'] });
	const first = await db.startTransaction().execute();
	await first.deleteFrom('pony').where('id', '=', id).execute();
	const second = addPony(db, { name: 'Clover', owner: 'Ben', handlers: ['Kim'] });
	await untilWaiting(db, 1);
	await first.commit().execute();
	await second;
	expect(await namesIn(db, 'handler')).toEqual(['Kim']);
});

test('two edits that swap handlers do not deadlock', async ({ db, pool }) => {
	const [biscuit, clover] = [
		await addPony(db, { name: 'Biscuit', handlers: ['Kim'] }),
		await addPony(db, { name: 'Clover', handlers: ['Lee'] }),
	];
	// Both edits have begun when the first of them can remove its old handler.
	const other = await pool.connect();
	await other.query('BEGIN; SELECT FROM pony_handler FOR UPDATE');
	const edits = [
		updatePony(db, biscuit.id, {
			name: 'Biscuit',
			owner_id: biscuit.owner_id,
			born: 2016,
			handlers: ['Lee'],
		}),
		updatePony(db, clover.id, { name: 'Clover', owner_id: clover.owner_id, born: 2016, handlers: ['Kim'] }),
	];
	await untilWaiting(db, edits.length);
	await other.query('COMMIT');
	other.release();
	expect(await Promise.all(edits)).toEqual([biscuit.id, clover.id]);
	expect(await namesIn(db, 'handler')).toEqual(['Kim', 'Lee']);
});

/** Resolves when this many sessions of the database wait for a lock. */
async function untilWaiting(db: Database, count: number): Promise<void> {
	await vi.waitFor(async () => {
		const { rows } = await sql`
			SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
			db,
		);
		expect(rows).toHaveLength(count);
	}, 10_000);
}
