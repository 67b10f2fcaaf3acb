import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { withMigrationLock } from './lock.ts';
import type { Direction } from './markers.ts';
import type { MigrationStep } from './progress.ts';
import type { MigrationRun } from './run.ts';
import { defaultTimeouts, type MigrationTimeouts } from './timeouts.ts';

export interface MigrateOptions {
	/** Called with a line for each thing that the run waits for. */
	readonly onProgress?: (line: string) => void;
	/** Called with the name of each migration once it is committed. */
	readonly onMigrated?: (name: string) => void;
	readonly timeouts?: MigrationTimeouts;
	/** Run and change nothing; `onSql` gets the SQL that would run. */
	readonly dryRun?: boolean;
	/** Called with the SQL that is sent, in order. */
	readonly onSql?: (sql: string) => void;
}

/** A database that no other process migrates at the same time. */
export interface Migrator {
	readonly sql: Sql;
	/** Runs `steps` in their order. */
	run(direction: Direction, steps: readonly MigrationStep[]): Promise<void>;
	/** Runs SQL in a transaction of its own. */
	send(text: string): Promise<void>;
}

/** Calls `use` while holding the migration lock, which a dry run does not need. */
export async function withMigrator<T>(
	connection: Connection,
	options: MigrateOptions,
	use: (migrator: Migrator) => Promise<T>,
): Promise<T> {
	const { onProgress = () => {}, onMigrated = () => {}, onSql = () => {} } = options;
	const timeouts = { ...defaultTimeouts, ...options.timeouts };
	return await withClient(connection, async (sql) => {
		const useSession = (session: MigrationRun['session']) =>
			use({
				sql,
				run: async (direction, steps) => {
					const { runSteps } = await import('./run.ts');
					await runSteps({ sql, session, timeouts, onProgress, onMigrated, onSql }, direction, steps);
				},
				send: async (text) => {
					onSql(text);
					await session?.client.query(text);
				},
			});
		if (options.dryRun) return await useSession(undefined);
		return await withMigrationLock(connection, sql, onProgress, useSession);
	});
}
