import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/database.ts';

export async function listHandlers(db: Database) {
	return await db.selectFrom('handler').selectAll().orderBy('name').execute();
}

/** The other side of the join table: each handler with their ponies. */
export async function listHandlersWithPonies(db: Database) {
	return await db
		.selectFrom('handler')
		.select(['handler.id', 'handler.name'])
		.select((handler) =>
			jsonArrayFrom(
				handler
					.selectFrom('pony_handler')
					.innerJoin('pony', 'pony.id', 'pony_handler.pony_id')
					.whereRef('pony_handler.handler_id', '=', 'handler.id')
					.select(['pony.id', 'pony.name'])
					.orderBy('pony.name'),
			).as('ponies'),
		)
		.orderBy('handler.name')
		.execute();
}

export type HandlerWithPonies = Awaited<ReturnType<typeof listHandlersWithPonies>>[number];
