import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { quoteLiteral } from '../../sql.ts';

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
export async function readLedger(sql: Sql): Promise<readonly LedgerEntry[]> {
	if (!(await hasLedger(sql))) return [];
	const rows = await sql<LedgerRow[]>`
		SELECT name, hash.sha256, hash.applied_at AS "appliedAt", count(id)::int AS entries
		FROM slipway.migrations FULL JOIN slipway.migration_hashes AS hash USING (name)
		GROUP BY name, hash.sha256, hash.applied_at
		ORDER BY min(run_on), min(id)`.catch(explainLedgerFault);
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

async function hasLedger(sql: Sql): Promise<boolean> {
	const [found] = await sql<{ usable: boolean; tables: number }[]>`
		SELECT
			coalesce(has_schema_privilege(to_regnamespace('slipway'), 'USAGE'), false) AS usable,
			(SELECT count(*)::int FROM pg_catalog.pg_class
				WHERE relnamespace = to_regnamespace('slipway')
				AND relname IN ('migrations', 'migration_hashes')) AS tables`;
	if (found?.usable !== true) throw noLedger('has no schema "slipway" that this role may use');
	if (found.tables === 1) throw damaged('it has one of the tables "migrations" and "migration_hashes"');
	return found.tables === 2;
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
);`.trim();

export async function ledgerIsComplete(sql: Sql): Promise<boolean> {
	const [found] = await sql<{ tables: number }[]>`
		SELECT count(*)::int AS tables FROM pg_catalog.pg_class
		WHERE relnamespace = to_regnamespace('slipway')
		AND relname IN ('migrations', 'migration_hashes', 'migration_history')`;
	return found?.tables === 3;
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

export function explainLedgerFault(error: Error & { code?: string }): never {
	if (error.code === '42501')
		throw noLedger(`keeps its schema "slipway" from this role (${error.message})`, error);
	if (error.code === '42703' || error.code === '42P01') throw damaged(error.message, error);
	throw error;
}

function noLedger(complaint: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'no-ledger',
		`the database ${complaint}, where the applied migrations are noted`,
		'Run scripts/bootstrap-db, and migrate as the migrator.',
		{ cause },
	);
}

function damaged(complaint: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'ledger-damaged',
		`the ledger of the migrations, in the schema "slipway", was changed by somebody else: ${complaint}`,
		'Restore the tables slipway.migrations and slipway.migration_hashes from a backup; or, where you know which migration was applied last, drop both and run scripts/migrate stamp NAME.',
		{ cause },
	);
}
