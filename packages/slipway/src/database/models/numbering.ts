import type { Action } from '@supabase/pg-delta/plan';
import { quoteIdentifier, quoteLiteral } from '../../sql.ts';

const name = '"(?:[^"]|"")+"';
const numbered = new RegExp(
	`^ALTER TABLE (?<table>${name}\\.${name}) ALTER COLUMN (?<column>${name}) (?:ADD GENERATED |SET DEFAULT nextval\\('(?<sequence>.+)'::regclass\\)$)`,
);

/**
 * For a statement that gives a column, which was there, numbers from a sequence: one that has these go on after the numbers
 * that the column has, since every INSERT would fail otherwise. It does nothing where there are none, or fewer.
 */
export function goOnNumbering({ sql, produces }: Action): string | undefined {
	const { table, column, sequence: named } = numbered.exec(sql)?.groups ?? {};
	const sequence = named?.replaceAll("''", "'") ?? madeBy(produces);
	if (column === undefined || sequence === undefined) return undefined;
	const greatest = `max(${column}::bigint)`;
	return `SELECT setval(${quoteLiteral(sequence)}, ${greatest}) FROM ${table} HAVING ${greatest} >= (SELECT last_value FROM ${sequence})`;
}

/** An identity's sequence comes with it. */
function madeBy(produces: Action['produces']): string | undefined {
	for (const id of produces)
		if (id.kind === 'sequence') return `${quoteIdentifier(id.schema)}.${quoteIdentifier(id.name)}`;
	return undefined;
}
