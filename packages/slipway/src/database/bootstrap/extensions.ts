import type { Connection } from '../../connection/index.ts';
import { howToGet } from '../../detection/index.ts';
import { hasCode, messageOf, SlipwayError } from '../../errors.ts';
import { majorOf } from '../../postgres-versions.ts';
import { quoteIdentifier } from '../../sql.ts';
import { withAdmin } from './with-admin.ts';

/**
 * Ensures that a bootstrapped database has `extensions`, in its schema public. Throws `no-extension`, listing
 * the extensions that the server has, and `extension-denied`.
 */
export async function ensureExtensions(
	admin: Connection,
	database: string,
	extensions: readonly string[],
): Promise<void> {
	if (extensions.length === 0) return;
	await withAdmin({ ...admin, database }, async (sql) => {
		const rows = await sql<{ name: string }[]>`SELECT name FROM pg_available_extensions ORDER BY name`;
		const available = rows.map(({ name }) => name);
		const missing = extensions.filter((name) => !available.includes(name));
		if (missing.length > 0) {
			const [row] = await sql<
				{ version: number }[]
			>`SELECT current_setting('server_version_num')::int AS version`;
			throw noExtension(missing, available, majorOf(row?.version ?? 0));
		}
		for (const name of extensions)
			await sql
				.unsafe(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} SCHEMA public CASCADE`)
				.catch((error: unknown) => {
					throw hasCode(error, insufficientPrivilege)
						? extensionDenied({ ...admin, database }, name, error)
						: error;
				});
	});
}

const insufficientPrivilege = '42501';

/** Only on a server that another party runs is the admin no superuser. */
function extensionDenied({ username, database }: Connection, name: string, cause: unknown): SlipwayError {
	return new SlipwayError(
		'extension-denied',
		`${JSON.stringify(username)} may not create the extension "${name}": ${messageOf(cause)}`,
		`Have a superuser create it in the database ${JSON.stringify(database)}, or mark it as trusted. Tests can use a server of their own instead: provider: 'embedded' or 'container'.`,
		{ cause },
	);
}

function noExtension(missing: readonly string[], available: readonly string[], major: number): SlipwayError {
	return new SlipwayError(
		'no-extension',
		`the server has no extension ${missing.map((name) => `"${name}"`).join(', ')}`,
		`Correct the name. ${howToGet(missing[0] ?? '', major)}\nThe server has: ${available.join(', ')}.`,
	);
}
