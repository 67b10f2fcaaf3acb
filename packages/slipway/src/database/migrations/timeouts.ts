/** Durations as PostgreSQL reads them: `500ms`, `3s`, `1min`; without a unit, milliseconds; 0 is none. */
export interface MigrationTimeouts {
	/** How long a migration may wait for a lock, while what comes after it waits behind it; 3s unless told. */
	readonly lockTimeout?: string;
	/** How long one statement of a migration may take, and hold its locks; 1min unless told. */
	readonly statementTimeout?: string;
	/** How often a migration that got no lock in that time is tried again; 5 times unless told. */
	readonly lockRetries?: number;
}

export const defaultTimeouts: Required<MigrationTimeouts> = {
	lockTimeout: '3s',
	statementTimeout: '1min',
	lockRetries: 5,
};

/**
 * For a migration in a transaction. One without has none: CREATE INDEX CONCURRENTLY waits without keeping others
 * waiting, and leaves an invalid index when it is cut off.
 */
export function setTimeouts({ lockTimeout, statementTimeout }: Required<MigrationTimeouts>): string {
	return `SET LOCAL lock_timeout = '${lockTimeout}';
SET LOCAL statement_timeout = '${statementTimeout}';`;
}

/** Milliseconds before try `retry`, from 1. */
export function backOff(retry: number): number {
	return Math.min(250 * 2 ** retry, 15_000);
}
