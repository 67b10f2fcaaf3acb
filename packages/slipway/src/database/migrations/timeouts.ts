/** Durations as PostgreSQL reads them: `500ms`, `3s`, `1min`; without a unit, milliseconds; 0 is no limit. */
export interface MigrationTimeouts {
	/** How long a migration may wait for a lock. Later queries on the table queue up behind it. Default: 3s. */
	readonly lockTimeout?: string;
	/** How long one statement of a migration may take, and hold its locks. Default: 1min. */
	readonly statementTimeout?: string;
	/** How often to retry a migration that got no lock in that time. Default: 5. */
	readonly lockRetries?: number;
}

export const defaultTimeouts: Required<MigrationTimeouts> = {
	lockTimeout: '3s',
	statementTimeout: '1min',
	lockRetries: 5,
};

/**
 * For migrations in a transaction. Others have no timeouts: CREATE INDEX CONCURRENTLY waits without blocking
 * others, and leaves an invalid index if it is interrupted.
 */
export function setTimeouts({ lockTimeout, statementTimeout }: Required<MigrationTimeouts>): string {
	return `SET LOCAL lock_timeout = '${lockTimeout}';
SET LOCAL statement_timeout = '${statementTimeout}';`;
}

/** Milliseconds to wait before retry number `retry`, from 1. */
export function backOff(retry: number): number {
	return Math.min(250 * 2 ** retry, 15_000);
}
