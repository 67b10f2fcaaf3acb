import type { Sql } from 'postgres';
import type { Ask } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { quoteLiteral } from '../../sql.ts';
import { readOnlyFault } from './read-only.ts';

/** Bootstrap makes the schema: the owner writes to it, the app reads it. */
export const ledgerSchema = 'slipway';
/** node-pg-migrate's table of what is applied. */
export const ledgerTable = 'migrations';

/** An applied migration. */
export interface LedgerEntry {
	readonly name: string;
	/** Undefined where another tool applied it. */
	readonly sha256: string | undefined;
	readonly appliedAt: Date | undefined;
	/** What the ledger says against itself: somebody else wrote to it. */
	readonly fault?: LedgerFault;
}

/** `twice`: it has two entries; `hash-only`: its hash is noted, and its entry is not. */
export type LedgerFault = 'twice' | 'hash-only';

/**
 * The applied migrations in the order in which they were applied; behind them what is noted by its hash only. Throws
 * `no-ledger` where bootstrap has not run, and `ledger-damaged` where the tables are not what they were.
 */
export async function readLedger(sql: Ask): Promise<readonly LedgerEntry[]> {
	if (!(await hasLedger(sql))) return [];
	const rows = await sql<LedgerRow[]>`
		SELECT name, hash.sha256, hash.applied_at AS "appliedAt", count(id)::int AS entries
		FROM slipway.migrations FULL JOIN slipway.migration_hashes AS hash USING (name)
		GROUP BY name, hash.sha256, hash.applied_at
		ORDER BY min(run_on), min(id)`.catch((error) => explainLedgerFault(error, 'migrations'));
	return rows.map(({ name, sha256, appliedAt, entries }) => ({
		name,
		sha256: sha256 ?? undefined,
		appliedAt: appliedAt ?? undefined,
		...(entries !== 1 && { fault: entries === 0 ? 'hash-only' : 'twice' }),
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

/** Makes the ledger where it is not; the first table is as node-pg-migrate would make it. */
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
DO $$
-- Default privileges let the app write to what the owner makes. Others may read the ledger and no more.
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

type LedgerTable = 'migrations' | 'migration_hashes' | 'migration_history';

const ledgerColumns: readonly (readonly [LedgerTable, readonly string[]])[] = [
	['migrations', ['id', 'name', 'run_on']],
	['migration_hashes', ['name', 'sha256', 'applied_at']],
	['migration_history', ['id', 'at', 'action', 'name', 'sha256', 'role', 'origin']],
];

/** False where `createLedger` has something to make. Throws `ledger-damaged` where what is there cannot be written to. */
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

interface Noted {
	readonly name: string;
	readonly sha256: string;
}

/** SQL that notes what was done to a migration, by whom. node-pg-migrate writes its own entry itself, last. */
export function noteAction(action: LedgerAction, { name, sha256 }: Noted, origin: string): string {
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

export function explainLedgerFault(error: Error & { code?: string | undefined }, table?: LedgerTable): never {
	throw ledgerFault(error, table) ?? error;
}

/** What a failure to read or write the ledger says of it, if anything. `table`: the one that was asked, where that is known. */
export function ledgerFault(
	error: Error & { code?: string | undefined },
	table?: LedgerTable,
): SlipwayError | undefined {
	if (error.code === '42501')
		return noLedger(`keeps its schema "slipway" from this role (${error.message})`, error);
	if (/^(42|23)/.test(error.code ?? '')) return damaged(error.message, table, error);
	return readOnlyFault(error);
}

function noLedger(complaint: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'no-ledger',
		`the database ${complaint}, where the applied migrations are noted`,
		'Run scripts/bootstrap-db, and migrate as the migrator.',
		{ cause },
	);
}

function damaged(complaint: string, table: LedgerTable | undefined, cause?: Error): SlipwayError {
	return new SlipwayError(
		'ledger-damaged',
		`the ledger of the migrations, in the schema "slipway", was changed by somebody else: ${complaint}`,
		[
			...(table === 'migration_history' ? [] : [stateMend]),
			...(table === undefined || table === 'migration_history' ? [historyMend] : []),
		].join('\n'),
		{ cause },
	);
}

const stateMend =
	'Restore the tables slipway.migrations and slipway.migration_hashes from a backup; or, where you know which migration was applied last, remove both (DROP TABLE IF EXISTS slipway.migrations, slipway.migration_hashes) and run scripts/migrate stamp NAME.';

const historyMend =
	'The table slipway.migration_history only tells what was done: restore it from a backup, or set it aside (ALTER TABLE slipway.migration_history RENAME TO migration_history_old); the next run makes a new one.';
