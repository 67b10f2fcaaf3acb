import { isDeepStrictEqual } from 'node:util';
import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { type MigrateOptions, type Migrator, withMigrator } from './migrator.ts';

export interface ApprovedOptions<Operation> extends MigrateOptions {
	/** Called with the planned operations before any of them runs. If it rejects, nothing is done. */
	readonly approve?: (operations: readonly Operation[]) => Promise<void>;
}

/**
 * Carries out the operations that `plan` finds, and returns them. Approval may take a person a while, so the
 * lock is acquired afterwards. Throws `changed-meanwhile`, with nothing done, if the plan is then no longer
 * what was approved.
 */
export async function withApproval<Operation, Plan extends { readonly operations: readonly Operation[] }>(
	connection: Connection,
	{ approve, ...options }: ApprovedOptions<Operation>,
	plan: (sql: Sql) => Promise<Plan>,
	carryOut: (migrator: Migrator, plan: Plan) => Promise<void>,
): Promise<readonly Operation[]> {
	const asked = options.dryRun || approve === undefined ? undefined : await withClient(connection, plan);
	if (asked?.operations.length === 0) return [];
	if (asked !== undefined) await approve?.(asked.operations);
	return await withMigrator(connection, options, async (migrator) => {
		const now = await plan(migrator.sql);
		if (asked !== undefined && !isDeepStrictEqual(asked.operations, now.operations)) throw changedMeanwhile();
		if (now.operations.length > 0) await carryOut(migrator, now);
		return now.operations;
	});
}

function changedMeanwhile(): SlipwayError {
	return new SlipwayError(
		'changed-meanwhile',
		'another run has migrated the database since this was approved, so the plan has changed; nothing was done',
		'See what was done with npx slipway migrate history, then run it again.',
	);
}
