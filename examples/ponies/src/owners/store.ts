import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { ConstraintMessages } from '../forms/constraints.ts';
import { name } from '../forms/name.ts';

export const ownerForm = z.object({ name });
export type OwnerForm = z.infer<typeof ownerForm>;

export const ownerConstraints: ConstraintMessages = {
	owner_name_key: ['name', 'There is already an owner of that name.'],
};

export async function listOwners(db: Database) {
	return await db.selectFrom('owner').selectAll().orderBy('name').execute();
}

/** The owners with most ponies first. Left joins keep owners without ponies and ponies without handlers. */
export async function countByOwner(db: Database) {
	return await db
		.selectFrom('owner')
		.leftJoin('pony', 'pony.owner_id', 'owner.id')
		.leftJoin('pony_handler', 'pony_handler.pony_id', 'pony.id')
		.select(['owner.id', 'owner.name'])
		// A count is a bigint, which pg would return as a string.
		.select(({ fn, cast }) => [
			cast<number>(fn.count('pony.id').distinct(), 'integer').as('ponies'),
			cast<number>(fn.count('pony_handler.handler_id').distinct(), 'integer').as('handlers'),
		])
		.groupBy('owner.id')
		.orderBy('ponies', 'desc')
		.orderBy('owner.name')
		.execute();
}

export type OwnerCounts = Awaited<ReturnType<typeof countByOwner>>[number];

export async function createOwner(db: Database, owner: OwnerForm): Promise<void> {
	await db.insertInto('owner').values(owner).execute();
}

/** Cascades to the owner's ponies. Returns the name, or undefined if there is no such owner. */
export async function deleteOwner(db: Database, id: number): Promise<string | undefined> {
	const owner = await db.deleteFrom('owner').where('id', '=', id).returning('name').executeTakeFirst();
	return owner?.name;
}
