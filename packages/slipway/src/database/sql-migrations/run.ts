import type { Client } from 'pg';
import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { watchBlockers } from '../migrations/blockers.ts';
import { withMigrationLock } from '../migrations/lock.ts';
import { sessionDefaults } from '../migrations/pg-client.ts';
import { createApplied, describeDrift, readApplied, recordApplied, selectPending } from './applied.ts';
import { explainFailure } from './failure.ts';
import type { SqlMigration } from './read.ts';
import { runScript } from './run-script.ts';
import { parseSqlScripts, type SqlScript } from './script.ts';

export interface RunSqlOptions {
	/** Called with the name of each file once it is committed. */
	readonly onMigrated?: (name: string) => void;
	/** Called with a line for each thing that the run waits for, or that a person should know. */
	readonly onProgress?: (line: string) => void;
}

/**
 * Runs those of `migrations` that are not applied yet, in order, as the migrator: of each file the part that
 * applies it, by the rules of the tool that it was written for. Returns their names. Throws
 * `invalid-migrations` and `migrations-diverged` with nothing run, and `migration-failed`.
 */
export async function runSqlMigrations(
	migrator: Connection,
	migrations: readonly SqlMigration[],
	{ onMigrated = () => {}, onProgress = () => {} }: RunSqlOptions = {},
): Promise<readonly string[]> {
	const find = async (sql: Sql) => {
		const applied = await readApplied(sql);
		return { applied, pending: selectPending(migrations, applied) };
	};
	return await withClient(migrator, async (sql) => {
		if ((await find(sql)).pending.length === 0) return [];
		return await withMigrationLock(migrator, sql, onProgress, async ({ client, pid }) => {
			// Another run may have applied them while this one waited.
			const { applied, pending } = await find(sql);
			const scripts = parseSqlScripts(pending);
			for (const line of describeDrift(migrations, pending, applied)) onProgress(line);
			if (applied === undefined) await client.query(createApplied);
			const report = (blocker: string) => onProgress(`the migrations are waiting for a lock: ${blocker}`);
			await watchBlockers(sql, { pid, interval: 100, report }, () =>
				runScripts(client, scripts, { isNew: applied === undefined, onMigrated }),
			);
			return pending.map(({ name }) => name);
		});
	});
}

interface ScriptRun {
	/** Whether nothing was applied to the database before. */
	readonly isNew: boolean;
	readonly onMigrated: (name: string) => void;
}

async function runScripts(
	client: Client,
	scripts: readonly SqlScript[],
	{ isNew, onMigrated }: ScriptRun,
): Promise<void> {
	const names = scripts.map(({ migration }) => migration.name);
	for (const [index, script] of scripts.entries()) {
		// Undoes what the file before it set, as every pg_dump file does.
		if (index > 0) await client.query(sessionDefaults);
		await runScript(client, script, recordApplied(script.migration)).catch((error: unknown) => {
			const [before, after] = [names.slice(0, index), names.slice(index + 1)];
			throw explainFailure(error, { script, before, after, isNew });
		});
		onMigrated(script.migration.name);
	}
}
