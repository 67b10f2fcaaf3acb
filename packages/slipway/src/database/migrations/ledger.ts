import type { Sql } from 'postgres';
import type { Ask } from '../../connection/index.ts';
import { hasCode, SlipwayError } from '../../errors.ts';
import { quoteLiteral } from '../../sql.ts';
import { readOnlyError } from './read-only.ts';

/** Created by bootstrap: the owner writes to it, the app reads it. */
export const ledgerSchema = 'slipway';
/** node-pg-migrate's table of applied migrations. */
export const ledgerTable = 'migrations';

/** An applied migration. */
export interface LedgerEntry {
	readonly name: string;
	/** Undefined if another tool applied it. */
	readonly sha256: string | undefined;
	readonly appliedAt: Date | undefined;
	/** How the ledger contradicts itself: something else wrote to it. */
	readonly inconsistency?: LedgerInconsistency;
}

/** `twice`: it has two entries; `hash-only`: its hash is recorded, but its entry is not. */
export type LedgerInconsistency = 'twice' | 'hash-only';

/**
 * The applied migrations in the order in which they were applied, followed by those of which only the hash is
 * recorded. Throws `no-ledger` if bootstrap has not run, and `ledger-damaged` if the tables were altered.
 */
export async function readLedger(sql: Ask): Promise<readonly LedgerEntry[]> {
	if (!(await hasLedger(sql))) return [];
	const rows = await sql<LedgerRow[]>`
		SELECT name, hash.sha256, hash.applied_at AS "appliedAt", count(id)::int AS entries
		FROM slipway.migrations FULL JOIN slipway.migration_hashes AS hash USING (name)
		GROUP BY name, hash.sha256, hash.applied_at
		ORDER BY min(run_on), min(id)`.catch((error) => throwLedgerError(error, 'migrations'));
	return rows.map(({ name, sha256, appliedAt, entries }) => ({
		name,
		sha256: sha256 ?? undefined,
		appliedAt: appliedAt ?? undefined,
		...(entries !== 1 && { inconsistency: entries === 0 ? 'hash-only' : 'twice' }),
	}));
}

interface LedgerRow {
	readonly name: string;
	readonly sha256: string | null;
	readonly appliedAt: Date | null;
	readonly entries: number;
}

async function hasLedger(sql: Ask): Promise<boolean> {
	const [found] = await sql<{ usable: boolean; tables: readonly string[] }[]>`
		SELECT
			coalesce(has_schema_privilege(to_regnamespace('slipway'), 'USAGE'), false) AS usable,
			ARRAY(SELECT relname::text FROM pg_catalog.pg_class
				WHERE relnamespace = to_regnamespace('slipway')) AS tables`;
	if (found?.usable !== true) throw noLedger('has no schema "slipway" that this role may use');
	const [missing, ...others] = (['migrations', 'migration_hashes'] as const).filter(
		(table) => !found.tables.includes(table),
	);
	if (missing !== undefined && others.length === 0) throw damaged(`it has no table "${missing}"`, missing);
	return missing === undefined;
}

/** Default privileges let the app write to the owner's new tables. Other roles may only read the ledger. */
export const protectLedger = `
DO $$
DECLARE given record;
BEGIN
	FOR given IN
		SELECT privilege_type AS privilege, oid::regclass AS relation, grantee::regrole AS grantee,
			CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
		FROM pg_catalog.pg_class, pg_catalog.aclexplode(relacl)
		WHERE relnamespace = 'slipway'::regnamespace AND relkind IN ('r', 'S')
			AND grantee NOT IN (0, relowner) AND (relkind = 'S' OR privilege_type <> 'SELECT')
	LOOP
		EXECUTE pg_catalog.format('REVOKE %s ON %s %s FROM %s', given.privilege, given.kind, given.relation, given.grantee);
	END LOOP;
END $$;`.trim();

/** Creates the ledger if it does not exist; the first table is as node-pg-migrate would create it. */
export const createLedger = `
CREATE TABLE IF NOT EXISTS slipway.migrations (
	id serial PRIMARY KEY,
	name varchar(255) NOT NULL,
	run_on timestamp NOT NULL
);
CREATE TABLE IF NOT EXISTS slipway.migration_hashes (
	name text PRIMARY KEY,
	sha256 text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS slipway.migration_history (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT clock_timestamp(),
	action text NOT NULL,
	name text NOT NULL,
	sha256 text,
	role text NOT NULL DEFAULT session_user,
	origin text NOT NULL
);
${protectLedger}`.trim();

const insufficientPrivilege = '42501';

type LedgerTable = 'migrations' | 'migration_hashes' | 'migration_history';

const ledgerColumns: readonly (readonly [LedgerTable, readonly string[]])[] = [
	['migrations', ['id', 'name', 'run_on']],
	['migration_hashes', ['name', 'sha256', 'applied_at']],
	['migration_history', ['id', 'at', 'action', 'name', 'sha256', 'role', 'origin']],
];

/** Whether all tables exist. Throws `ledger-damaged` if one lacks a column. */
export async function ledgerIsComplete(sql: Sql): Promise<boolean> {
	const rows = await sql<{ table: string; columns: readonly string[] }[]>`
		SELECT relname AS "table", array_agg(attname::text) AS columns
		FROM pg_catalog.pg_class
		JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
		WHERE relnamespace = to_regnamespace('slipway')
		GROUP BY relname`;
	const found = new Map(rows.map(({ table, columns }) => [table, columns]));
	for (const [table, columns] of ledgerColumns) {
		const missing = columns.find((column) => found.get(table)?.includes(column) === false);
		if (missing !== undefined) throw damaged(`its table "${table}" has no column "${missing}"`, table);
	}
	return ledgerColumns.every(([table]) => found.has(table));
}

export type LedgerAction = 'up' | 'down' | 'stamp' | 'unstamp';

interface MigrationHash {
	readonly name: string;
	readonly sha256: string;
}

/**
 * SQL that records what was done to a migration, and by whom. node-pg-migrate's own entry comes
 * last.
 */
export function recordAction(action: LedgerAction, { name, sha256 }: MigrationHash, origin: string): string {
	const [subject, hash, from] = [name, sha256, origin].map(quoteLiteral);
	const hashes =
		action === 'up' || action === 'stamp'
			? `INSERT INTO slipway.migration_hashes (name, sha256) VALUES (${subject}, ${hash})
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = excluded.applied_at;`
			: `DELETE FROM slipway.migration_hashes WHERE name = ${subject};`;
	return `${hashes}
INSERT INTO slipway.migration_history (action, name, sha256, origin)
VALUES (${quoteLiteral(action)}, ${subject}, ${hash}, ${from});`;
}

/**
 * SQL that writes node-pg-migrate's own entry as it would, where it does not itself. Slipway orders migrations
 * by name, not by these times.
 */
export function markAs(direction: 'up' | 'down', name: string): string {
	return direction === 'up'
		? `INSERT INTO slipway.migrations (name, run_on) VALUES (${quoteLiteral(name)}, now());`
		: `DELETE FROM slipway.migrations WHERE name = ${quoteLiteral(name)};`;
}

export function throwLedgerError(error: Error & { code?: string | undefined }, table?: LedgerTable): never {
	throw ledgerError(error, table) ?? error;
}

/**
 * The error for a failed query on the ledger, if the ledger is the cause. `table`: the one that was queried,
 * if known.
 */
export function ledgerError(
	error: Error & { code?: string | undefined },
	table?: LedgerTable,
): SlipwayError | undefined {
	if (hasCode(error, insufficientPrivilege))
		return noLedger(`does not let this role use its schema "slipway" (${error.message})`, error);
	if (/^(42|23)/.test(error.code ?? '')) return damaged(error.message, table, error);
	return readOnlyError(error);
}

function noLedger(complaint: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'no-ledger',
		`the database ${complaint}; applied migrations are recorded there`,
		'Run npx slipway bootstrap, and migrate as the migrator.',
		{ cause },
	);
}

function damaged(complaint: string, table: LedgerTable | undefined, cause?: Error): SlipwayError {
	return new SlipwayError(
		'ledger-damaged',
		`the migration ledger, in the schema "slipway", was changed by something other than Slipway: ${complaint}`,
		[
			...(table === 'migration_history' ? [] : [stateFix]),
			...(table === undefined || table === 'migration_history' ? [historyFix] : []),
		].join('\n'),
		{ cause },
	);
}

const stateFix =
	'Restore the tables slipway.migrations and slipway.migration_hashes from a backup. Or, if you know which migration was applied last, drop both (DROP TABLE IF EXISTS slipway.migrations, slipway.migration_hashes) and run npx slipway migrate stamp NAME.';

const historyFix =
	'The table slipway.migration_history is only a log: restore it from a backup, or rename it (ALTER TABLE slipway.migration_history RENAME TO migration_history_old), and the next run creates a new one.';
