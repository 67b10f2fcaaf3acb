import { isDeepStrictEqual } from 'node:util';
import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { type MigrateOptions, type Migrator, withMigrator } from './migrator.ts';

export interface ApprovedOptions<Deed> extends MigrateOptions {
	/** Asked, before anything is done, with what would be. Nothing is when it rejects. */
	readonly approve?: (deeds: readonly Deed[]) => Promise<void>;
}

/**
 * Does what `plan` finds there is to do, and returns that. A person may take long to approve, so the turn is taken
 * afterwards. Throws `changed-meanwhile`, having done nothing, where it is no more what was approved.
 */
export async function withApproval<Deed, Plan extends { readonly deeds: readonly Deed[] }>(
	connection: Connection,
	{ approve, ...options }: ApprovedOptions<Deed>,
	plan: (sql: Sql) => Promise<Plan>,
	carryOut: (migrator: Migrator, plan: Plan) => Promise<void>,
): Promise<readonly Deed[]> {
	const asked = options.dryRun || approve === undefined ? undefined : await withClient(connection, plan);
	if (asked?.deeds.length === 0) return [];
	if (asked !== undefined) await approve?.(asked.deeds);
	return await withMigrator(connection, options, async (migrator) => {
		const now = await plan(migrator.sql);
		if (asked !== undefined && !isDeepStrictEqual(asked.deeds, now.deeds)) throw changedMeanwhile();
		if (now.deeds.length > 0) await carryOut(migrator, now);
		return now.deeds;
	});
}

function changedMeanwhile(): SlipwayError {
	return new SlipwayError(
		'changed-meanwhile',
		'another run has migrated since this was approved, so that it would do something else now; nothing was done',
		'See with scripts/migrate history what was done, and run it again.',
	);
}
