import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';

/** Milliseconds that sessions get to finish what they are doing. PostgreSQL itself gives up after 5 s. */
const grace = 1000;
/** Milliseconds for idle sessions to end before the statement begins. */
const head = 100;

/**
 * Runs `statement`, which needs `databases` without sessions, and ends their sessions: idle ones at once, others when they
 * become idle, or after a second. The statement locks the databases first, so that no new session can begin; clients that
 * connect wait until it is done.
 */
export async function withoutSessions<T>(
	admin: Connection,
	databases: readonly string[],
	statement: () => Promise<T>,
): Promise<T> {
	return await withClient(admin, async (sql) => {
		const start = performance.now();
		const passed = () => performance.now() - start;
		// A statement that finds a session waits 0.1 s before it looks again.
		while ((await endSessions(sql, databases, true)) > 0 && passed() < head) await sleep(5);
		const running = Promise.withResolvers<void>();
		const result = statement().finally(running.resolve);
		const endAll = async () => {
			while ((await Promise.race([running.promise, sleep(10, 'next')])) === 'next')
				await endSessions(sql, databases, passed() < grace);
		};
		return (await Promise.all([result, endAll()]))[0];
	});
}

/** Returns how many sessions there are, ended ones included that have not gone yet. */
async function endSessions(sql: Sql, databases: readonly string[], onlyIdle: boolean): Promise<number> {
	const sessions = await sql`
		SELECT CASE WHEN state = 'idle' OR ${!onlyIdle} THEN pg_terminate_backend(pid) END FROM pg_stat_activity
		WHERE datname = ANY (${[...databases]}) AND backend_type IN ('client backend', 'walsender')`;
	return sessions.length;
}
