import type { Action } from '@supabase/pg-delta/plan';
import { quoteIdentifier } from '../../sql.ts';
import type { Schema } from './schema.ts';
import { isVirtual } from './unseen.ts';

/**
 * The library writes STORED for every generated column that it creates, even if the schema has a virtual one.
 */
export function withVirtualColumns<Some extends Action>(action: Some, { factBase, unseen }: Schema): Some {
	let { sql } = action;
	for (const id of action.produces) {
		if (id.kind !== 'column' || !isVirtual(unseen, id.schema, id.table, id.name)) continue;
		const { type, generatedExpr } = factBase.get(id)?.payload ?? {};
		const kept = `GENERATED ALWAYS AS (${generatedExpr}) `;
		const at = sql.indexOf(`${kept}STORED`, sql.indexOf(`${quoteIdentifier(id.name)} ${type} `));
		if (at >= 0) sql = `${sql.slice(0, at)}${kept}VIRTUAL${sql.slice(at + `${kept}STORED`.length)}`;
	}
	return { ...action, sql };
}
