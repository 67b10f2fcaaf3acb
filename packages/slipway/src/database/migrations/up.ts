import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { refuseDivergence } from './divergence.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { loadScripts } from './load-scripts.ts';
import { type MigrateOptions, withMigrator } from './migrator.ts';
import type { MigrationStep } from './progress.ts';
import type { MigrationScript } from './script.ts';
import { readStatus } from './status.ts';
import { findMigration } from './target.ts';

export interface MigrateUpOptions extends MigrateOptions {
	/** The last migration to apply. Default: all pending ones. */
	readonly to?: string;
}

/**
 * Applies the pending migrations in `directory`, as the migrator, and returns their names. Waits while
 * another process migrates. Throws `migrations-diverged` or `invalid-migrations` with nothing applied, and
 * `migration-failed` with the migrations before the failed one applied.
 */
export async function migrateUp(
	connection: Connection,
	directory: string,
	{ to, ...options }: MigrateUpOptions = {},
): Promise<readonly string[]> {
	const files = upTo(await readMigrationFiles(directory), to, directory);
	const find = (sql: Sql) => findPending(sql, files, directory);
	if ((await withClient(connection, find)).length === 0) return [];
	return await withMigrator(connection, options, async ({ sql, run }) => {
		// Another run may have applied them while this one waited.
		const pending = await find(sql);
		if (pending.length > 0) await run('up', (await loadScripts(pending, files.all)).map(stepUp));
		return pending.map(({ name }) => name);
	});
}

export function stepUp(script: MigrationScript): MigrationStep {
	return { script, part: script.up };
}

interface Files {
	readonly all: readonly MigrationFile[];
	readonly wanted: readonly MigrationFile[];
}

function upTo(all: readonly MigrationFile[], to: string | undefined, directory: string): Files {
	if (to === undefined) return { all, wanted: all };
	const names = all.map(({ name }) => name);
	const last = findMigration(names, to, `in ${directory}`);
	return { all, wanted: all.slice(0, names.indexOf(last) + 1) };
}

async function findPending(
	sql: Sql,
	{ all, wanted }: Files,
	directory: string,
): Promise<readonly MigrationFile[]> {
	const statuses = await readStatus(sql, all);
	await refuseDivergence(statuses, directory);
	const pending = new Set(statuses.filter(({ state }) => state === 'pending').map(({ name }) => name));
	return wanted.filter(({ name }) => pending.has(name));
}
