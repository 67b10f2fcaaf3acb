import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { refuseDivergence } from './divergence.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { readLedger } from './ledger.ts';
import { withMigrationLock } from './lock.ts';
import { parseScripts } from './script.ts';
import { compareWithLedger } from './status.ts';

export interface MigrateOptions {
	/** Told what a person waits for, a line at a time. */
	readonly onProgress?: (line: string) => void;
	/** Told the name of each migration when it is committed. */
	readonly onMigrated?: (name: string) => void;
}

/**
 * Applies what is pending in `directory`, as the migrator, and returns the names. Waits while another
 * process migrates. Throws, having applied nothing, `migrations-diverged` or `invalid-migrations`; and
 * `migration-failed` with those before the failing one applied.
 */
export async function migrateUp(
	connection: Connection,
	directory: string,
	{ onProgress = () => {}, onMigrated = () => {} }: MigrateOptions = {},
): Promise<readonly string[]> {
	const files = await readMigrationFiles(directory);
	return await withClient(connection, async (sql) => {
		if ((await findPending(sql, files, directory)).length === 0) return [];
		return await withMigrationLock(connection, onProgress, async (client) => {
			// Another run may have applied them while this one waited.
			const pending = await findPending(sql, files, directory);
			if (pending.length === 0) return [];
			const steps = parseScripts(pending).map((script) => ({ script, part: script.up }));
			const { runSteps } = await import('./run.ts');
			await runSteps(client, directory, { direction: 'up', steps, onMigrated });
			return pending.map(({ name }) => name);
		});
	});
}

async function findPending(
	sql: Sql,
	files: readonly MigrationFile[],
	directory: string,
): Promise<readonly MigrationFile[]> {
	const statuses = compareWithLedger(files, await readLedger(sql));
	refuseDivergence(statuses, directory);
	const pending = new Set(statuses.filter(({ state }) => state === 'pending').map(({ name }) => name));
	return files.filter(({ name }) => pending.has(name));
}
