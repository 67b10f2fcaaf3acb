import type { Logger } from 'pino';
import type { Ask } from 'slipway';
import type { Database } from '../database/database.ts';

const interval = 10 * 60_000;

/** Few enough that a statement is short. */
const rowsAtATime = 1000;

/** Deletes expired rows every ten minutes, away from the hits. A failure is logged; the next time makes up for it. */
export function startPruning(database: Database, logger: Logger): Disposable {
	const logFailure = (err: unknown) => logger.warn({ err }, 'expired rows were not deleted');
	const timer = setInterval(() => prune(database).catch(logFailure), interval).unref();
	return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Deletes expired rows. */
export async function prune(database: Database): Promise<void> {
	for (const pruneSome of [pruneMinutes, pruneKeys]) while ((await database.run(pruneSome)) === rowsAtATime);
}

/** Several processes may prune at once: each skips the rows that another one is deleting. */
async function pruneMinutes(sql: Ask): Promise<number> {
	const rows = await sql`
		DELETE FROM counter_minute WHERE (name, minute) IN (
			SELECT name, minute FROM counter_minute WHERE minute < now() - interval '1 day'
			LIMIT ${rowsAtATime} FOR UPDATE SKIP LOCKED
		) RETURNING name`;
	return rows.length;
}

async function pruneKeys(sql: Ask): Promise<number> {
	const rows = await sql`
		DELETE FROM idempotency_key WHERE key IN (
			SELECT key FROM idempotency_key WHERE created_at < now() - interval '1 day'
			LIMIT ${rowsAtATime} FOR UPDATE SKIP LOCKED
		) RETURNING key`;
	return rows.length;
}
