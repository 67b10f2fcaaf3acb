import { databaseTest } from 'slipway/vitest';
import { createApp } from '../src/app.tsx';
import { type Database, openDatabase } from '../src/database/database.ts';
import { createPony, type PonyForm } from '../src/ponies/write.ts';
import { Visitor } from './visitor.ts';

/** Each test has its own database, and a visitor of a service that uses it. */
export const test = databaseTest.extend<{ db: Database; visitor: Visitor }>({
	db: async ({ pool }, use) => await use(openDatabase(pool)),
	visitor: async ({ db }, use) =>
		await use(new Visitor(createApp({ db, secretKey: 'a key of the tests', secureCookies: false }))),
});

type Given = Pick<PonyForm, 'name'> & Partial<Pick<PonyForm, 'born' | 'handlers'>> & { owner?: string };

/** Adds a pony, and its owner unless that name exists. Returns both ids. */
export async function addPony(db: Database, { owner = 'Ada', name, born = 2015, handlers = [] }: Given) {
	const { id: owner_id } = await db
		.insertInto('owner')
		.values({ name: owner })
		.onConflict((conflict) => conflict.column('name').doUpdateSet({ name: owner }))
		.returning('id')
		.executeTakeFirstOrThrow();
	return { owner_id, id: await createPony(db, { name, owner_id, born, handlers }) };
}
