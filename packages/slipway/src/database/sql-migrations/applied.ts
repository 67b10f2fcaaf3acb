import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { quoteLiteral } from '../../sql.ts';
import { resetSettings } from '../fresh-transaction.ts';
import { protectLedger } from '../migrations/ledger.ts';
import { nameSome } from '../migrations/name-some.ts';
import type { SqlMigration } from './read.ts';

/** The hashes of the applied files by their names, in the order in which they were applied. */
export type Applied = ReadonlyMap<string, string>;

/** What is applied to the database; undefined if nothing ever was. */
export async function readApplied(sql: Sql): Promise<Applied | undefined> {
	const [found] = await sql<{ exists: boolean }[]>`
		SELECT to_regclass('slipway.applied_migrations') IS NOT NULL AS exists`;
	if (found?.exists !== true) return undefined;
	const rows = await sql<{ name: string; sha256: string }[]>`
		SELECT name, sha256 FROM slipway.applied_migrations ORDER BY applied_at, name`;
	return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

export const createApplied = `
DO $$ BEGIN
	IF to_regnamespace('slipway') IS NULL THEN CREATE SCHEMA slipway; END IF;
END $$;
CREATE TABLE IF NOT EXISTS slipway.applied_migrations (
	name text PRIMARY KEY,
	sha256 text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
${protectLedger}`.trim();

/** The file may have changed the role and settings. */
export function recordApplied({ name, sha256 }: SqlMigration): string {
	return `${resetSettings}
INSERT INTO slipway.applied_migrations (name, sha256) VALUES (${quoteLiteral(name)}, ${quoteLiteral(sha256)})
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = excluded.applied_at;`;
}

/** The files to run. Throws `migrations-diverged` if one was edited after it was applied. */
export function selectPending(
	migrations: readonly SqlMigration[],
	applied: Applied = new Map(),
): readonly SqlMigration[] {
	const edited = migrations.filter(
		({ name, sha256, repeatable }) => !repeatable && (applied.get(name) ?? sha256) !== sha256,
	);
	if (edited.length > 0)
		throw new SlipwayError(
			'migrations-diverged',
			`these migrations were edited after they were applied to this database; nothing was run: ${nameSome(edited.map(({ name }) => name))}`,
			`Restore the files as they were applied, and write a new migration. Or apply all again to a new database: ${reset}`,
		);
	return migrations.filter(({ name, sha256 }) => applied.get(name) !== sha256);
}

export const reset =
	'stop the dev server (npx slipway down), then run npx slipway clean --erase, which removes its data.';

/** A line on each way in which the database differs from what the files would make of an empty one. */
export function describeDrift(
	migrations: readonly SqlMigration[],
	pending: readonly SqlMigration[],
	applied: Applied = new Map(),
): readonly string[] {
	const present = new Set(migrations.map(({ name }) => name));
	const missing = [...applied.keys()].filter((name) => !present.has(name));
	const lastApplied = migrations.findLastIndex(({ name, repeatable }) => !repeatable && applied.has(name));
	const late = migrations.filter(
		(each, index) => index < lastApplied && !each.repeatable && pending.includes(each),
	);
	return [
		...(missing.length > 0 ? [`applied earlier, but the files are gone: ${nameSome(missing)}`] : []),
		...(late.length > 0 ? [`applied after later ones: ${nameSome(late.map(({ name }) => name))}`] : []),
	];
}
