import { type Connection, withClient } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';

/**
 * Refuses a database without a table, view, function or type: a command that succeeded has probably migrated another
 * one. Throws `migration-command-without-effect`.
 */
export async function refuseEmptyDatabase(login: Connection, command: string): Promise<void> {
	const rows = await withClient(
		login,
		(sql) => sql`
			WITH own AS (
				SELECT oid FROM pg_namespace
				WHERE nspname NOT IN ('information_schema', 'slipway') AND nspname NOT LIKE 'pg\\_%'
			)
			SELECT FROM pg_class JOIN own ON own.oid = relnamespace
			UNION ALL SELECT FROM pg_proc JOIN own ON own.oid = pronamespace
			UNION ALL SELECT FROM pg_type JOIN own ON own.oid = typnamespace
			LIMIT 1`,
	);
	if (rows.length > 0) return;
	throw new SlipwayError(
		'migration-command-without-effect',
		`the migration command ${JSON.stringify(command)} succeeded, but the database is still empty`,
		'It may have used another database. Make it read DATABASE_URL, or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE.',
	);
}
