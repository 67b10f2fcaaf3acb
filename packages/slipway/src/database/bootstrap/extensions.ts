import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { quoteIdentifier } from '../../sql.ts';
import { imageFor } from '../server-hints.ts';
import { withAdmin } from './with-admin.ts';

/**
 * Ensures that a bootstrapped database has `extensions`, in its schema public. Throws `no-extension`, listing
 * the extensions that the server has.
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
		if (missing.length > 0) throw noExtension(missing, available);
		for (const name of extensions)
			await sql.unsafe(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} SCHEMA public CASCADE`);
	});
}

function noExtension(missing: readonly string[], available: readonly string[]): SlipwayError {
	return new SlipwayError(
		'no-extension',
		`the server has no extension ${missing.map((name) => `"${name}"`).join(', ')}`,
		`Correct the name, or use an image that includes it (SLIPWAY_POSTGRES=container POSTGRES_IMAGE=${imageFor(missing[0])}). The server has: ${available.join(', ')}.`,
	);
}
