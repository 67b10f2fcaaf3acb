import { quoteIdentifier } from '../../sql.ts';
import { bootstrapDatabase } from '../bootstrap/index.ts';
import { copyDatabaseAccess, dropDatabase } from '../template/index.ts';
import type { DevData } from './dev-data.ts';
import { explainFailure } from './failures.ts';
import { temporaryName } from './names.ts';
import { withoutSessions } from './sessions.ts';

/** A copy of `source` under a temporary name, with the same owner, grants and settings. Removed if `use` fails. */
export async function withCopy<T>(
	data: DevData,
	source: string,
	use: (copy: string) => Promise<T>,
): Promise<T> {
	return await withTemporary(data, async (copy) => {
		await createCopy(data, source, copy).catch((error: unknown) => {
			throw explainFailure(error, source);
		});
		return await use(copy);
	});
}

/** Calls `use` with a temporary name, and drops what is left under it if that fails. */
export async function withTemporary<T>(
	{ sql, project }: DevData,
	use: (name: string) => Promise<T>,
): Promise<T> {
	const name = temporaryName(project);
	try {
		return await use(name);
	} catch (error) {
		// If that fails as well, the next command tries again.
		const existing = await sql`SELECT FROM pg_database WHERE datname = ${name}`.catch(() => []);
		if (existing.length > 0) await dropDatabase(sql, name).catch(() => {});
		throw error;
	}
}

/**
 * FILE_COPY writes less than WAL_LOG, and ends with a checkpoint. On PostgreSQL 18 with file_copy_method = clone, a file
 * system that can share blocks copies nothing.
 */
async function createCopy(data: DevData, source: string, copy: string): Promise<void> {
	const { sql, admin, isSuperuser, settings } = data;
	await withoutSessions(admin, [source], () =>
		sql.unsafe(
			`CREATE DATABASE ${quoteIdentifier(copy)} OWNER ${quoteIdentifier(settings.owner)}
			TEMPLATE ${quoteIdentifier(source)} STRATEGY FILE_COPY`,
		),
	);
	if (isSuperuser) await copyDatabaseAccess(sql, source, copy);
	else await bootstrapDatabase(admin, { ...settings, name: copy });
}
