import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../src/database/database.ts';

/** An owner with all ponies and their handlers: only the columns that a page shows. */
export interface OwnerTree {
	readonly name: string;
	readonly ponies: readonly { readonly name: string; readonly handlers: readonly string[] }[];
}

export type LoadOwners = (db: Database, limit: number) => Promise<readonly OwnerTree[]>;

/** Lazy: queries the related rows of one row at a time, when they are used. */
export const loadLazily: LoadOwners = async (db, limit) => {
	const trees: OwnerTree[] = [];
	for (const owner of await firstOwners(db, limit).execute()) {
		const ponies = [];
		for (const { id, name } of await poniesOf(db).where('owner_id', '=', owner.id).execute()) {
			const handlers = await handlersOf(db).where('pony_id', '=', id).execute();
			ponies.push({ name, handlers: handlers.map((handler) => handler.name) });
		}
		trees.push({ name: owner.name, ponies });
	}
	return trees;
};

/** Eager, a query for each table: loads the related rows of all rows at once with IN. */
export const loadByTable: LoadOwners = async (db, limit) => {
	const owners = await firstOwners(db, limit).execute();
	const ponies = await poniesOf(db).where('owner_id', 'in', idsOf(owners)).execute();
	const handlers = await handlersOf(db).where('pony_id', 'in', idsOf(ponies)).execute();
	const byOwner = Map.groupBy(ponies, ({ owner_id }) => owner_id);
	const byPony = Map.groupBy(handlers, ({ pony_id }) => pony_id);
	const namesOf = (pony: number) => (byPony.get(pony) ?? []).map(({ name }) => name);
	return owners.map((owner) => ({
		name: owner.name,
		ponies: (byOwner.get(owner.id) ?? []).map(({ id, name }) => ({ name, handlers: namesOf(id) })),
	}));
};

/** Eager, one query: PostgreSQL nests the related rows as JSON. */
export const loadAsJson: LoadOwners = async (db, limit) => {
	const owners = await firstOwners(db, limit)
		.select((owner) =>
			jsonArrayFrom(
				owner
					.selectFrom('pony')
					.whereRef('pony.owner_id', '=', 'owner.id')
					.select('pony.name')
					.select((pony) =>
						jsonArrayFrom(
							pony
								.selectFrom('pony_handler')
								.innerJoin('handler', 'handler.id', 'pony_handler.handler_id')
								.whereRef('pony_handler.pony_id', '=', 'pony.id')
								.select('handler.name')
								.orderBy('handler.name'),
						).as('handlers'),
					)
					.orderBy('pony.name'),
			).as('ponies'),
		)
		.execute();
	return owners.map(({ name, ponies }) => ({
		name,
		ponies: ponies.map((pony) => ({ ...pony, handlers: pony.handlers.map((handler) => handler.name) })),
	}));
};

/** Eager, one query: a join, whose rows repeat the owner and the pony for each handler. */
export const loadByJoin: LoadOwners = async (db, limit) => {
	const rows = await db
		.selectFrom(firstOwners(db, limit).as('owner'))
		.leftJoin('pony', 'pony.owner_id', 'owner.id')
		.leftJoin('pony_handler', 'pony_handler.pony_id', 'pony.id')
		.leftJoin('handler', 'handler.id', 'pony_handler.handler_id')
		.select([
			'owner.id',
			'owner.name as owner',
			'pony.id as pony_id',
			'pony.name as pony',
			'handler.name as handler',
		])
		.orderBy('owner.name')
		.orderBy('pony.name')
		.orderBy('handler.name')
		.execute();
	return [...Map.groupBy(rows, ({ id }) => id).values()].map((ofOwner) => ({
		name: ofOwner[0]?.owner ?? '',
		ponies: [...Map.groupBy(ofOwner, ({ pony_id }) => pony_id).values()].flatMap((ofPony) => {
			const name = ofPony[0]?.pony;
			if (name == null) return []; // An owner without ponies has one row of NULLs.
			return { name, handlers: ofPony.flatMap(({ handler }) => handler ?? []) };
		}),
	}));
};

const firstOwners = (db: Database, limit: number) =>
	db.selectFrom('owner').select(['owner.id', 'owner.name']).orderBy('owner.name').limit(limit);

const poniesOf = (db: Database) => db.selectFrom('pony').select(['id', 'owner_id', 'name']).orderBy('name');

const handlersOf = (db: Database) =>
	db
		.selectFrom('pony_handler')
		.innerJoin('handler', 'handler.id', 'pony_handler.handler_id')
		.select(['pony_handler.pony_id', 'handler.name'])
		.orderBy('handler.name');

const idsOf = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id);
