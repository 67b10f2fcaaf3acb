import type { Logger } from 'pino';
import { pendingMigrations } from '../database/migrations/index.ts';
import type { Database } from './database.ts';
import type { CheckReadiness } from './health.ts';
import { UnavailableError } from './unavailable.ts';

/** Ready is: the database answers, and every migration that `listMigrations` names at the time is applied. */
export function readinessOf(
	database: Database,
	listMigrations: () => Promise<readonly string[]>,
	logger: Logger,
): CheckReadiness {
	return async () => {
		try {
			const migrations = await listMigrations();
			const pending = await database.run((sql) => pendingMigrations(sql, migrations));
			if (pending.length === 0) return { ready: true };
			return { ready: false, reason: 'migrations are pending', pending };
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			logger.warn({ code: error.code, hint: error.hint }, `not ready: ${error.message}`);
			if (error.code === 'no-ledger') return { ready: false, reason: 'the database is not bootstrapped' };
			return { ready: false, reason: 'the database does not answer' };
		}
	};
}
