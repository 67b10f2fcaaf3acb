import type { ClientBase } from 'pg';
import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';

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
}

/**
 * The applied migrations in the order in which they were applied. Throws `no-ledger` where bootstrap has
 * not run.
 */
export async function readLedger(sql: Sql): Promise<readonly LedgerEntry[]> {
	const [found] = await sql<{ usable: boolean; begun: boolean }[]>`
		SELECT
			coalesce(has_schema_privilege(to_regnamespace('slipway'), 'USAGE'), false) AS usable,
			EXISTS (SELECT FROM pg_catalog.pg_class
				WHERE relnamespace = to_regnamespace('slipway') AND relname = 'migrations') AS begun`;
	if (found?.usable !== true) throw noLedger('has no schema "slipway" that this role may use');
	if (!found.begun) return [];
	const rows = await sql<{ name: string; sha256: string | null; appliedAt: Date | null }[]>`
		SELECT name, hash.sha256, hash.applied_at AS "appliedAt"
		FROM slipway.migrations LEFT JOIN slipway.migration_hashes AS hash USING (name)
		ORDER BY run_on, id`.catch(explainDenial);
	return rows.map(({ name, sha256, appliedAt }) => ({
		name,
		sha256: sha256 ?? undefined,
		appliedAt: appliedAt ?? undefined,
	}));
}

/**
 * Makes the table of hashes, before node-pg-migrate makes its own: where that one is, this one is.
 * node-pg-migrate writes the row of a migration last; what is here without a row there means nothing.
 */
export async function ensureHashTable(client: ClientBase): Promise<void> {
	await client
		.query(
			`CREATE TABLE IF NOT EXISTS slipway.migration_hashes (
				name text PRIMARY KEY,
				sha256 text NOT NULL,
				applied_at timestamptz NOT NULL DEFAULT now()
			)`,
		)
		.catch(explainDenial);
}

/** SQL that notes what was applied; `name` and `sha256` have no character that needs quoting. */
export function recordHash({ name, sha256 }: { name: string; sha256: string }): string {
	return `INSERT INTO slipway.migration_hashes (name, sha256) VALUES ('${name}', '${sha256}')
		ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = excluded.applied_at`;
}

export function forgetHash(name: string): string {
	return `DELETE FROM slipway.migration_hashes WHERE name = '${name}'`;
}

function explainDenial(error: Error & { code?: string }): never {
	throw error.code === '42501'
		? noLedger(`keeps its schema "slipway" from this role (${error.message})`, error)
		: error;
}

function noLedger(complaint: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'no-ledger',
		`the database ${complaint}, where the applied migrations are noted`,
		'Run scripts/bootstrap-db, and migrate as the migrator.',
		{ cause },
	);
}
