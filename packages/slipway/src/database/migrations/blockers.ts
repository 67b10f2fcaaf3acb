import { setTimeout as sleep } from 'node:timers/promises';
import type { PendingQuery, Row, Sql } from 'postgres';
import { transact } from '../../connection/index.ts';

export interface SessionRow {
	readonly pid: number;
	readonly username: string | null;
	readonly application: string | null;
	readonly state: string | null;
	readonly query: string | null;
}

/**
 * Runs `wait`, and tells once of each session that keeps the server's process `pid` from a lock meanwhile, looking
 * every `interval` milliseconds.
 */
export async function watchBlockers<T>(
	sql: Sql,
	{ pid, interval, tell }: { pid: number; interval: number; tell: (blocker: string) => void },
	wait: () => Promise<T>,
): Promise<T> {
	const over = new AbortController();
	const told = new Set<string>();
	const blockingPids = (own: Sql) => own`SELECT unnest(pg_catalog.pg_blocking_pids(${pid}))`;
	const watching = repeat(interval, over.signal, async () => {
		for (const blocker of await describeSessions(sql, blockingPids)) {
			if (!told.has(blocker)) tell(blocker);
			told.add(blocker);
		}
	});
	try {
		return await wait();
	} finally {
		over.abort();
		await watching;
	}
}

async function repeat(interval: number, signal: AbortSignal, step: () => Promise<void>): Promise<void> {
	while (!signal.aborted) {
		await sleep(interval, undefined, { signal }).catch(() => {});
		// Who cannot be asked is not what fails: the one that waits will say so itself.
		if (!signal.aborted) await step().catch(() => {});
	}
}

/** The sessions whose processes `selectPids` selects, in words. */
export async function describeSessions(
	sql: Sql,
	selectPids: (sql: Sql) => PendingQuery<Row[]>,
): Promise<readonly string[]> {
	const rows = await transact(sql, async (transaction) => {
		// The migrator acts as the owner; the right to see the queries of others may be its own.
		await transaction`SET LOCAL ROLE NONE`;
		return await transaction<SessionRow[]>`
			SELECT pid, usename AS username, application_name AS application, state, query
			FROM pg_catalog.pg_stat_activity
			WHERE pid IN (${selectPids(sql)})`;
	});
	return rows.map(describeSession);
}

/** The state is hidden, and the query replaced, for who is neither a superuser nor in `pg_read_all_stats`. */
export function describeSession({ pid, username, application, state, query }: SessionRow): string {
	const who = [application, username === null ? undefined : `as ${username}`].filter(Boolean).join(' ');
	const activity =
		state === null
			? 'its query is shown to members of pg_read_all_stats'
			: `${state}: ${(query ?? '').replaceAll(/\s+/g, ' ').slice(0, 200)}`;
	return `process ${pid} of the server (${who || 'unnamed'}; ${activity})`;
}
