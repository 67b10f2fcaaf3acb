import type { Logger } from 'pino';
import { type MigrationFile, type MigrationState, type MigrationStatus, readStatus } from 'slipway';
import type { Database } from './database.ts';
import type { CheckReadiness, Readiness } from './health.ts';
import { UnavailableError } from './unavailable.ts';

/**
 * Ready is: the database answers, and the migrations that `readFiles` finds at the time are what is applied. A database
 * that is newer will do: while new code is rolled out the old one still serves, and it may have to come back.
 */
export function readinessOf(
	database: Database,
	readFiles: () => Promise<readonly MigrationFile[]>,
	logger: Logger,
): CheckReadiness {
	return async () => {
		try {
			const files = await readFiles();
			return judge(await database.run((sql) => readStatus(sql, files)));
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			logger.warn({ code: error.code, hint: error.hint }, `not ready: ${error.message}`);
			if (error.code === 'no-ledger') return { ready: false, reason: 'the database is not bootstrapped' };
			if (error.code === 'ledger-damaged')
				return { ready: false, reason: 'the ledger of the migrations is damaged' };
			return { ready: false, reason: 'the database does not answer' };
		}
	};
}

function judge(statuses: readonly MigrationStatus[]): Readiness {
	const named = (...states: MigrationState[]) =>
		statuses.filter(({ state }) => states.includes(state)).map(({ name }) => name);
	const pending = named('pending', 'out-of-order');
	if (pending.length > 0) return { ready: false, reason: 'migrations are pending', pending };
	const diverged = named('edited', 'missing', 'inconsistent');
	if (diverged.length > 0) return { ready: false, reason: 'the migrations applied are not these', diverged };
	const newer = named('newer');
	return newer.length > 0 ? { ready: true, newer } : { ready: true };
}
