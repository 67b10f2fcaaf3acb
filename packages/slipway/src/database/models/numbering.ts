import type { Action } from '@supabase/pg-delta/plan';
import { quoteIdentifier, quoteLiteral } from '../../sql.ts';

const name = '"(?:[^"]|"")+"';
const numbered = new RegExp(
	`^ALTER TABLE (?<table>${name}\\.${name}) ALTER COLUMN (?<column>${name}) (?:ADD GENERATED |SET DEFAULT nextval\\('(?<sequence>.+)'::regclass\\)$)`,
);

/**
 * If `sql` gives an existing column numbers from a sequence: the statement that makes the sequence continue
 * after the column's numbers, because every INSERT would fail otherwise. It changes nothing if the sequence
 * is already past them.
 */
export function continueNumbering({ sql, produces }: Action): string | undefined {
	const { table, column, sequence: named } = numbered.exec(sql)?.groups ?? {};
	const sequence = named?.replaceAll("''", "'") ?? createdBy(produces);
	if (column === undefined || sequence === undefined) return undefined;
	const greatest = `max(${column}::bigint)`;
	return `SELECT setval(${quoteLiteral(sequence)}, ${greatest}) FROM ${table} HAVING ${greatest} >= (SELECT last_value FROM ${sequence})`;
}

/** The sequence of an identity column is created with it. */
function createdBy(produces: Action['produces']): string | undefined {
	for (const id of produces)
		if (id.kind === 'sequence') return `${quoteIdentifier(id.schema)}.${quoteIdentifier(id.name)}`;
	return undefined;
}
