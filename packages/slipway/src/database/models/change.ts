import type { Action, Plan } from '@supabase/pg-delta/plan';
import { outline } from '../migrations/statements.ts';
import { continueNumbering } from './numbering.ts';

/** A statement of a generated migration. */
export interface SchemaChange {
	readonly sql: string;
	/** What to know before running it on existing data. */
	readonly warning: string | undefined;
	/** Has to be committed before the next statement. */
	readonly commits: boolean;
}

export const renameWarning =
	'Treated as a rename, which keeps the data. With --no-renames, the old one is dropped and a new one added.';

/** The statements of a plan, in an order in which they can run, with their warnings. */
export function toChanges({ actions, acceptedRenames = [] }: Plan): readonly SchemaChange[] {
	const hasRenames = acceptedRenames.length > 0;
	const changes = actions
		.toSorted(newValuesFirst)
		.flatMap((action) => [toChange(action, hasRenames), ...changesAfter(action)]);
	return changes.filter(({ sql }, index) => sql !== changes[index - 1]?.sql);
}

function toChange(action: Action, hasRenames: boolean): SchemaChange {
	return {
		sql: action.sql.trim().replace(/;$/, '').replace(onlyOfIndex, '$1'),
		warning: warningOf(action, hasRenames),
		commits: action.transactionality !== 'transactional',
	};
}

/** What the library leaves out, because it does not look at rows. */
function changesAfter(action: Action): SchemaChange[] {
	const sql = continueNumbering(action);
	if (sql === undefined) return [];
	return [{ sql, warning: 'New numbers continue after the existing ones.', commits: false }];
}

/**
 * PostgreSQL describes the index of a partitioned table with ON ONLY. Run like that, it would cover no
 * partition and would not be valid.
 */
const onlyOfIndex = /^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")+"|[^\s"]+) ON )ONLY /;

/** The library may use a new enum value before adding it; adding the value depends on nothing. */
function newValuesFirst(a: Action, b: Action): number {
	const rank = ({ transactionality }: Action) => (transactionality === 'commitBoundaryAfter' ? 0 : 1);
	return rank(a) - rank(b);
}

function warningOf({ sql: statement, dataLoss, verb }: Action, hasRenames: boolean): string | undefined {
	const sql = outline(statement);
	if (/\bALTER COLUMN .* TYPE .* USING /.test(sql))
		return 'Casts every value: one that does not fit is truncated, which loses data, or makes the statement fail.';
	if (dataLoss === 'destructive') return 'Loses data: reverting it does not restore the rows.';
	if (/ ADD COLUMN .* NOT NULL$/.test(sql) && !/ DEFAULT | GENERATED /.test(sql))
		return 'Fails if the table has rows: add a default, or add the column without NOT NULL and fill it first.';
	if (hasRenames && verb === 'alter' && / RENAME (COLUMN .* )?TO /.test(sql) && !sql.includes('__pgdelta_'))
		return renameWarning;
	return undefined;
}
