import { type Connection, withClient } from '../../connection/index.ts';
import type { AppliedMigration } from './note.ts';

/** The tables in which the forms of migrations record what was applied. */
const ledgers = [
	[
		'slipway.migrations',
		`SELECT name, coalesce(sha256, '') FROM slipway.migrations LEFT JOIN slipway.migration_hashes USING (name)`,
	],
	['slipway.applied_migrations', 'SELECT name, sha256 FROM slipway.applied_migrations'],
	['slipway.command_runs', 'SELECT command, sha256 FROM slipway.command_runs'],
] as const;

/** What is applied to a database, in no order. `admin`: a login that may read the ledgers. */
export async function readAppliedMigrations(login: Connection): Promise<readonly AppliedMigration[]> {
	return await withClient(login, async (sql) => {
		const rows: AppliedMigration[] = [];
		for (const [table, query] of ledgers) {
			const [found] = await sql<[{ exists: boolean }]>`SELECT to_regclass(${table}) IS NOT NULL AS exists`;
			if (!found.exists) continue;
			const applied = await sql.unsafe(query).values();
			rows.push(
				...applied.map(([name, sha256]): AppliedMigration => [String(name), String(sha256).slice(0, 12)]),
			);
		}
		return rows;
	});
}
