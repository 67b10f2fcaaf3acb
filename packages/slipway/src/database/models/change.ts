import type { Action, Plan } from '@supabase/pg-delta/plan';
import { outline } from '../migrations/statements.ts';
import { goOnNumbering } from './numbering.ts';

/** A statement of a migration that the comparison writes. */
export interface SchemaChange {
	readonly sql: string;
	/** What its reader should know before it is run on data. */
	readonly warning: string | undefined;
	/** Cannot share a transaction with what follows. */
	readonly commits: boolean;
}

export const renameWarning =
	'Read as a rename, which keeps the data; --no-renames drops the old one and adds a new one.';

/** The statements of a plan in an order in which they can run, each with what is to be said about it. */
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

/** What the library does not think of, for it compares no rows. */
function changesAfter(action: Action): SchemaChange[] {
	const sql = goOnNumbering(action);
	if (sql === undefined) return [];
	return [{ sql, warning: 'The numbers to come go on after those that are there.', commits: false }];
}

/**
 * PostgreSQL describes the index of a partitioned table as one ON ONLY it: run like that, it would be on no partition and
 * would not be valid.
 */
const onlyOfIndex = /^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")+"|[^\s"]+) ON )ONLY /;

/** The library may put the use of a new enum value before it; the value itself waits for nothing. */
function newValuesFirst(a: Action, b: Action): number {
	const rank = ({ transactionality }: Action) => (transactionality === 'commitBoundaryAfter' ? 0 : 1);
	return rank(a) - rank(b);
}

function warningOf({ sql: statement, dataLoss, verb }: Action, hasRenames: boolean): string | undefined {
	const sql = outline(statement);
	if (/\bALTER COLUMN .* TYPE .* USING /.test(sql))
		return 'Casts every value: one that does not fit is cut short, or refused. Loses data where it is cut.';
	if (dataLoss === 'destructive')
		return 'Loses data: what it drops is gone, and its way back brings back no row.';
	if (/ ADD COLUMN .* NOT NULL$/.test(sql) && !/ DEFAULT | GENERATED /.test(sql))
		return 'Fails where the table has rows: add it with a default, or without NOT NULL and fill it first.';
	if (hasRenames && verb === 'alter' && / RENAME (COLUMN .* )?TO /.test(sql) && !sql.includes('__pgdelta_'))
		return renameWarning;
	return undefined;
}
