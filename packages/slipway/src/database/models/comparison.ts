import type { PlanOptions } from '@supabase/pg-delta/plan';
import type { Connection } from '../../connection/index.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import { createPgPool } from '../pg.ts';
import { type SchemaChange, toChanges } from './change.ts';
import { diffFailed } from './diff-failed.ts';
import { loadComparison } from './library.ts';
import type { Schema } from './schema.ts';
import { tableRenames } from './table-renames.ts';
import { readUnseen } from './unseen.ts';
import { withVirtualColumns } from './virtual-columns.ts';

export interface Comparison {
	/** The statements from one schema to the other; none where they are the same. */
	readonly plan: (from: Schema, to: Schema) => readonly SchemaChange[];
	/** Tables of one that have another name in the other. */
	readonly tableRenames: (from: Schema, to: Schema) => readonly SchemaChange[];
	readonly read: (admin: Connection) => ReadDatabase;
}

/** A database that is thrown away afterwards. */
export interface ReadDatabase extends AsyncDisposable {
	/** Its schema now, without the ledger, which is removed and no business of a migration. */
	readonly extract: () => Promise<Schema>;
	/** Whether a statement fails is then a matter of the schema alone. */
	readonly removeRows: () => Promise<void>;
}

const sqlFormat = { keywordCase: 'preserve', alignColumns: false, maxWidth: 110 } as const;

/** A TRUNCATE of every table would take its time. */
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

/** The library with what it has to know: who owns what needs no word about it, and whether it may guess a new name. */
export async function openComparison(owner: string, renames: boolean): Promise<Comparison> {
	const { extract, plan, format } = await loadComparison();
	const options: PlanOptions = {
		renames: renames ? 'auto' : 'off',
		// What bootstrap makes is the same on both sides and no business of a migration.
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
			const pool = createPgPool(admin, 'slipway comparison');
			// Without a listener the loss of an idle connection would end the process.
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

/** The library may stop at what it has no order for, such as a type in use that got another name. */
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
