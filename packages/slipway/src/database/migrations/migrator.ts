import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import type { Direction } from './markers.ts';
import type { MigrationStep } from './progress.ts';
import type { MigrationRun } from './run.ts';
import { defaultTimeouts, type MigrationTimeouts } from './timeouts.ts';
import { withMigrationTurn } from './turn.ts';

export interface MigrateOptions {
	/** Told what a person waits for, a line at a time. */
	readonly onProgress?: (line: string) => void;
	/** Told the name of each migration when it is committed. */
	readonly onMigrated?: (name: string) => void;
	readonly timeouts?: MigrationTimeouts;
	/** Nothing is run, or changed: `onSql` is told what would be. */
	readonly dryRun?: boolean;
	/** Told the SQL that is sent, in order. */
	readonly onSql?: (sql: string) => void;
}

/** A database that nobody else migrates at the moment. */
export interface Migrator {
	readonly sql: Sql;
	/** Runs `steps` in their order. */
	run(direction: Direction, steps: readonly MigrationStep[]): Promise<void>;
	/** Runs one text of SQL, in a transaction of its own. */
	send(text: string): Promise<void>;
}

/** Lends `use` the database, as the migrator, when it is its turn; a dry run changes nothing and needs none. */
export async function withMigrator<T>(
	connection: Connection,
	options: MigrateOptions,
	use: (migrator: Migrator) => Promise<T>,
): Promise<T> {
	const { onProgress = () => {}, onMigrated = () => {}, onSql = () => {} } = options;
	const timeouts = { ...defaultTimeouts, ...options.timeouts };
	return await withClient(connection, async (sql) => {
		const lend = (session: MigrationRun['session']) =>
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
		if (options.dryRun) return await lend(undefined);
		return await withMigrationTurn(connection, sql, onProgress, lend);
	});
}
