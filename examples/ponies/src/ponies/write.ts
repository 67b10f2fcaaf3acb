import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Database, Tables } from '../database/database.ts';
import type { ConstraintMessages } from '../forms/constraints.ts';
import { name } from '../forms/name.ts';

const year = z
	.string()
	.trim()
	.regex(/^\d{4}$/, 'Enter a year, such as 2020.');

export const ponyForm = z.object({
	name,
	owner_id: z.string().min(1, 'Choose an owner.').transform(Number).pipe(z.int32().positive()),
	born: year
		.transform(Number)
		.pipe(z.number().min(1950, 'No pony is that old.').max(2100, 'That year is too far in the future.')),
	handlers: z.string().transform(splitNames).pipe(z.array(name).max(10, 'A pony has up to 10 handlers.')),
});
export type PonyForm = z.infer<typeof ponyForm>;

/** Drops empty names and duplicates. */
function splitNames(text: string): readonly string[] {
	const names = text.split(',').map((each) => each.trim());
	return [...new Set(names)].filter((each) => each !== '');
}

export const ponyConstraints: ConstraintMessages = {
	pony_owner_id_name_key: ['name', 'This owner already has a pony of that name.'],
	pony_owner_id_fkey: ['owner_id', 'This owner no longer exists.'],
};

export async function createPony(db: Database, { handlers, ...columns }: PonyForm): Promise<number> {
	return await db.transaction().execute(async (tx) => {
		const { id } = await tx.insertInto('pony').values(columns).returning('id').executeTakeFirstOrThrow();
		await setHandlers(tx, id, handlers);
		return id;
	});
}

/** Returns undefined if there is no such pony. */
export async function updatePony(
	db: Database,
	id: number,
	{ handlers, ...columns }: PonyForm,
): Promise<number | undefined> {
	return await db.transaction().execute(async (tx) => {
		const updated = await tx
			.updateTable('pony')
			.set(columns)
			.where('id', '=', id)
			.returning('id')
			.executeTakeFirst();
		if (updated !== undefined) await setHandlers(tx, id, handlers);
		return updated?.id;
	});
}

/** Cascades to the join table, whose trigger deletes handlers without another pony. */
export async function deletePony(db: Database, id: number): Promise<string | undefined> {
	const pony = await db.deleteFrom('pony').where('id', '=', id).returning('name').executeTakeFirst();
	return pony?.name;
}

/** Adds before it removes, because a handler is deleted with the last pony. */
async function setHandlers(tx: Transaction<Tables>, pony: number, names: readonly string[]): Promise<void> {
	// The lock of the trigger that deletes handlers. Taken first, it prevents deadlocks with other edits.
	await sql`LOCK TABLE handler IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
	const ids = await ensureHandlers(tx, names);
	if (ids.length > 0)
		await tx
			.insertInto('pony_handler')
			.values(ids.map((handler_id) => ({ pony_id: pony, handler_id })))
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	await tx
		.deleteFrom('pony_handler')
		.where('pony_id', '=', pony)
		.where('handler_id', '<>', sql<number>`ALL (${ids}::integer[])`)
		.execute();
}

/** Returns the ids of the handlers, and adds those that do not exist. */
async function ensureHandlers(tx: Transaction<Tables>, names: readonly string[]): Promise<readonly number[]> {
	if (names.length === 0) return [];
	const rows = await tx
		.insertInto('handler')
		.values(names.map((name) => ({ name })))
		// RETURNING includes updated rows, but not those that DO NOTHING skips.
		.onConflict((conflict) =>
			conflict.column('name').doUpdateSet(({ ref }) => ({ name: ref('excluded.name') })),
		)
		.returning('id')
		.execute();
	return rows.map(({ id }) => id);
}
