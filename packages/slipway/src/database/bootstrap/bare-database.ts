import type { Connection } from '../../connection/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import { withAdmin } from './with-admin.ts';

/**
 * Creates the database `name` as PostgreSQL does by default, without roles, grants and settings. It belongs to the
 * superuser. `ledger`: migrations will run in it.
 */
export async function createBareDatabase(
	admin: Connection,
	name: string,
	{ ledger }: { readonly ledger: boolean },
): Promise<void> {
	await withAdmin(admin, async (sql) => {
		const existing = await sql`SELECT FROM pg_database WHERE datname = ${name}`;
		if (existing.length === 0) await sql.unsafe(`CREATE DATABASE ${quoteIdentifier(name)}`);
	});
	if (!ledger) return;
	await withAdmin({ ...admin, database: name }, async (sql) => {
		await sql.unsafe(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(ledgerSchema)}`);
	});
}
