import type { Logger } from 'pino';
import { type MigrationFile, type MigrationState, type MigrationStatus, readStatus } from 'slipway';
import type { Database } from './database.ts';
import type { CheckReadiness, Readiness } from './health.ts';
import { UnavailableError } from './unavailable.ts';

/**
 * Ready is: the database answers, the migrations that `readFiles` finds at the time are what is applied, and `tryWork`
 * succeeds. A database that is newer will do: while new code is rolled out the old one still serves, and it may have to
 * come back.
 */
export function readinessOf(
	database: Database,
	readFiles: () => Promise<readonly MigrationFile[]>,
	tryWork: () => Promise<void>,
	logger: Logger,
): CheckReadiness {
	return async () => {
		try {
			const files = await readFiles();
			const readiness = judge(await database.run((sql) => readStatus(sql, files)));
			if (readiness.ready) await tryWork();
			return readiness;
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			logger.warn({ code: error.code, hint: error.hint }, `not ready: ${error.message}`);
			return { ready: false, reason: reasons[error.code] ?? 'the database does not answer' };
		}
	};
}

const reasons: Record<string, string> = {
	'no-ledger': 'the database is not bootstrapped',
	'ledger-damaged': 'the ledger of the migrations is damaged',
	'no-counter': 'the counter is missing',
	'statement-failed': 'a statement of the service fails',
};

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
