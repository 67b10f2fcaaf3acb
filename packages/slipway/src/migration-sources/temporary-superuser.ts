import { randomBytes } from 'node:crypto';
import { type Connection, withClient } from '../connection/index.ts';
import { bootstrapDatabase, scramVerifier } from '../database/bootstrap/index.ts';
import { SlipwayError } from '../errors.ts';
import { quoteIdentifier, quoteLiteral } from '../sql.ts';
import type { MigrationTarget } from './source.ts';

/**
 * Calls `use` with the login of a superuser that exists only meanwhile. What it created then belongs to the owner, and
 * the app gets its privileges. The admin itself would not do: it owns objects of PostgreSQL's, so its own cannot be
 * told apart. Throws `no-admin`.
 */
export async function withTemporarySuperuser(
	{ admin, database }: MigrationTarget,
	use: (login: Connection) => Promise<void>,
): Promise<void> {
	if (admin === undefined) throw noAdmin();
	if (admin.username === database.owner) return await use({ ...admin, database: database.name });
	const username = `slipway_admin_${randomBytes(6).toString('hex')}`;
	const password = randomBytes(24).toString('base64url');
	const name = quoteIdentifier(username);
	const inDatabase = { ...admin, database: database.name };
	const run = (...statements: string[]) =>
		withClient(inDatabase, async (sql) => {
			for (const statement of statements) await sql.unsafe(statement);
		});
	await run(`CREATE ROLE ${name} LOGIN SUPERUSER PASSWORD ${quoteLiteral(scramVerifier(password))}`);
	try {
		await use({ ...inDatabase, username, password });
	} finally {
		await run(
			`REASSIGN OWNED BY ${name} TO ${quoteIdentifier(database.owner)}`,
			`DROP OWNED BY ${name}`,
			`DROP ROLE ${name}`,
		);
	}
	await bootstrapDatabase(admin, database);
}

function noAdmin(): SlipwayError {
	return new SlipwayError(
		'no-admin',
		"the migration command runs as: 'admin', but this database's admin is not known here",
		'Run the command yourself with the admin of the server, or let it run as the migrator.',
	);
}
