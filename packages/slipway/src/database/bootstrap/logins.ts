import type { Connection } from '../../connection/index.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql.ts';
import { scramVerifier } from './scram.ts';
import { withAdmin } from './with-admin.ts';

/** A role that can log in, besides those of bootstrap. */
export interface FurtherLogin {
	readonly name: string;
	readonly password: string;
	/** Default: false. Then it may connect, and has the rights that migrations grant it. */
	readonly superuser?: boolean;
}

/**
 * Creates the roles, or gives existing ones these passwords. In each of `databases` they have what every role has
 * by PostgreSQL's defaults, and bootstrap takes away: to connect, and to use the schema public.
 */
export async function ensureLogins(
	admin: Connection,
	databases: readonly string[],
	logins: readonly FurtherLogin[],
): Promise<void> {
	if (logins.length === 0) return;
	await withAdmin(admin, async (sql) => {
		const rows = await sql<{ rolname: string }[]>`SELECT rolname FROM pg_roles`;
		const existing = new Set(rows.map(({ rolname }) => rolname));
		for (const { name, password, superuser = false } of logins) {
			const verb = existing.has(name) ? 'ALTER' : 'CREATE';
			const rights = superuser ? 'SUPERUSER' : 'NOSUPERUSER';
			const verifier = quoteLiteral(scramVerifier(password));
			await sql.unsafe(`${verb} ROLE ${quoteIdentifier(name)} LOGIN ${rights} PASSWORD ${verifier}`);
		}
	});
	const roles = logins.map(({ name }) => quoteIdentifier(name)).join(', ');
	for (const database of databases)
		await withAdmin({ ...admin, database }, async (sql) => {
			await sql.unsafe(`GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${roles}`);
			await sql.unsafe(`GRANT USAGE ON SCHEMA public TO ${roles}`);
		});
}
