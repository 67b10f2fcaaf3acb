import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { id } from '../forms/id.ts';

/** Parses the query of the list page. Ignores unknown and invalid values. */
export const ponyFilter = z.object({
	owner: id.optional().catch(undefined),
	handler: id.optional().catch(undefined),
	order: z.enum(['name', 'youngest', 'handlers']).catch('name'),
});
export type PonyFilter = z.infer<typeof ponyFilter>;

/** All ponies that match the filter, with their owners and handlers, in one query. */
export async function listPonies(db: Database, { owner, handler, order }: PonyFilter) {
	let query = selectPonies(db);
	if (owner !== undefined) query = query.where('pony.owner_id', '=', owner);
	if (handler !== undefined)
		query = query.where((where) =>
			where.exists(
				where
					.selectFrom('pony_handler')
					.whereRef('pony_id', '=', 'pony.id')
					.where('handler_id', '=', handler)
					.select(sql.lit(1).as('one')),
			),
		);
	if (order === 'youngest') query = query.orderBy('pony.born', 'desc');
	if (order === 'handlers')
		query = query.orderBy(
			(pony) =>
				pony
					.selectFrom('pony_handler')
					.whereRef('pony_id', '=', 'pony.id')
					.select(({ fn }) => fn.countAll().as('count')),
			'desc',
		);
	return await query.orderBy('pony.name').orderBy('pony.id').execute();
}

export async function findPony(db: Database, id: number) {
	return await selectPonies(db).where('pony.id', '=', id).executeTakeFirst();
}

export type Pony = Awaited<ReturnType<typeof listPonies>>[number];

/** Joins the owner and aggregates the handlers into a JSON array. */
function selectPonies(db: Database) {
	return db
		.selectFrom('pony')
		.innerJoin('owner', 'owner.id', 'pony.owner_id')
		.select(['pony.id', 'pony.name', 'pony.born', 'owner.id as owner_id', 'owner.name as owner'])
		.select((pony) => [
			jsonArrayFrom(
				pony
					.selectFrom('pony_handler')
					.innerJoin('handler', 'handler.id', 'pony_handler.handler_id')
					.whereRef('pony_handler.pony_id', '=', 'pony.id')
					.select(['handler.id', 'handler.name'])
					.orderBy('handler.name'),
			).as('handlers'),
		]);
}
