import type { Logger } from 'pino';
import { type MigrationFile, type MigrationState, type MigrationStatus, readStatus } from 'slipway';
import type { Database } from '../database/database.ts';
import { UnavailableError } from '../database/unavailable-error.ts';

export type Readiness =
	| {
			readonly ready: true;
			/** Applied migrations that this code does not know: newer code is being rolled out, or older code is back. */
			readonly newer?: readonly string[];
	  }
	| {
			readonly ready: false;
			/** What is missing, without details of the database. */
			readonly reason: string;
			/** Migrations that are not applied. */
			readonly pending?: readonly string[];
			/** Applied migrations that differ from their files. */
			readonly diverged?: readonly string[];
	  };

export type CheckReadiness = () => Promise<Readiness>;

/**
 * Ready means: the database responds, the applied migrations match what `readFiles` returns, and `tryWork` succeeds.
 * A newer database counts as ready: during a rollout the old code still serves, and a rollback may bring it back.
 */
export function createReadinessCheck(
	database: Database,
	readFiles: () => Promise<readonly MigrationFile[]>,
	tryWork: () => Promise<void>,
	logger: Logger,
): CheckReadiness {
	return async () => {
		try {
			const files = await readFiles();
			const readiness = compareMigrations(await database.run((sql) => readStatus(sql, files)));
			if (readiness.ready) await tryWork();
			return readiness;
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			logger.warn({ code: error.code, hint: error.hint }, `not ready: ${error.message}`);
			return { ready: false, reason: reasons[error.code] ?? 'the database does not respond' };
		}
	};
}

const reasons: Record<string, string> = {
	'no-ledger': 'the database is not bootstrapped',
	'ledger-damaged': 'the migration ledger is damaged',
	'statement-failed': 'a query of the service fails',
	'standby-away': 'the database waits for its synchronous standby',
};

function compareMigrations(statuses: readonly MigrationStatus[]): Readiness {
	const inState = (...states: MigrationState[]) =>
		statuses.filter(({ state }) => states.includes(state)).map(({ name }) => name);
	const pending = inState('pending', 'out-of-order');
	if (pending.length > 0) return { ready: false, reason: 'migrations are pending', pending };
	const diverged = inState('edited', 'missing', 'inconsistent');
	if (diverged.length > 0)
		return { ready: false, reason: 'the applied migrations differ from the migration files', diverged };
	const newer = inState('newer');
	return newer.length > 0 ? { ready: true, newer } : { ready: true };
}
