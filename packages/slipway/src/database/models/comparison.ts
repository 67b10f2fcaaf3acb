import type { PlanOptions } from '@supabase/pg-delta/plan';
import type { Connection } from '../../connection/index.ts';
import { createPgPool } from '../../pg.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import { type SchemaChange, toChanges } from './change.ts';
import { diffFailed } from './diff-failed.ts';
import { loadComparison } from './library.ts';
import type { Schema } from './schema.ts';
import { tableRenames } from './table-renames.ts';
import { readUnseen } from './unseen.ts';
import { withVirtualColumns } from './virtual-columns.ts';

export interface Comparison {
	/** The statements that turn one schema into the other; none if they are equal. */
	readonly plan: (from: Schema, to: Schema) => readonly SchemaChange[];
	/** Renames of tables between the two. */
	readonly tableRenames: (from: Schema, to: Schema) => readonly SchemaChange[];
	readonly read: (admin: Connection) => SchemaReader;
}

/** Reads a temporary database. */
export interface SchemaReader extends AsyncDisposable {
	/** Its current schema, without the ledger, which is dropped because it is not part of the comparison. */
	readonly extract: () => Promise<Schema>;
	/** Removes all rows, so that only the schema decides whether a statement fails. */
	readonly removeRows: () => Promise<void>;
}

const sqlFormat = { keywordCase: 'preserve', alignColumns: false, maxWidth: 110 } as const;

/** Only tables with rows, because a TRUNCATE of every table is slow. */
const removeRows = `
	DO $$
	DECLARE
		candidate regclass;
	BEGIN
		FOR candidate IN SELECT oid FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0
			AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
		LOOP
			EXECUTE format('TRUNCATE %s CASCADE', candidate);
		END LOOP;
	END $$`;

/** Sets up the library. Ownership by `owner` is implied. `renames`: whether it may guess renames. */
export async function openComparison(owner: string, renames: boolean): Promise<Comparison> {
	const { extract, plan, format } = await loadComparison();
	const options: PlanOptions = {
		renames: renames ? 'auto' : 'off',
		// Roles are the same on both sides and not part of a migration.
		scope: 'database',
		defaultOwner: owner,
	};
	return {
		plan: (from, to) => {
			if (from.factBase.rootHash === to.factBase.rootHash) return [];
			const found = orFail(() =>
				plan(from.factBase, to.factBase, { ...options, assumedRoles: rolesOf(from) }),
			);
			const actions = found.actions.map((action) => withVirtualColumns(action, to));
			return toChanges({ ...found, actions }).map((change) => ({
				...change,
				sql: format([change.sql], sqlFormat).join(''),
			}));
		},
		tableRenames: (from, to) => (renames ? tableRenames(from, to) : []),
		read: (admin) => {
			const pool = createPgPool(admin, 'slipway diff');
			// Without a listener, losing an idle connection would end the process.
			pool.on('error', () => {});
			return {
				extract: async () => {
					await pool.query(`DROP SCHEMA IF EXISTS ${ledgerSchema} CASCADE`);
					return { ...(await extract(pool)), unseen: await readUnseen(pool) };
				},
				removeRows: async () => void (await pool.query(removeRows)),
				[Symbol.asyncDispose]: () => pool.end(),
			};
		},
	};
}

/** The library gives up on what it cannot order, such as renaming a type in use. */
function orFail<Result>(write: () => Result): Result {
	try {
		return write();
	} catch (cause) {
		throw diffFailed(cause instanceof Error ? cause.message : String(cause), cause);
	}
}

function rolesOf({ factBase }: Schema): string[] {
	return factBase.facts().flatMap(({ id }) => (id.kind === 'role' ? [id.name] : []));
}
