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
 * Runs `wait`. Meanwhile checks every `interval` milliseconds which sessions block the server process `pid`,
 * and reports each of them once.
 */
export async function watchBlockers<T>(
	sql: Sql,
	{ pid, interval, report }: { pid: number; interval: number; report: (blocker: string) => void },
	wait: () => Promise<T>,
): Promise<T> {
	const done = new AbortController();
	const reported = new Set<string>();
	const blockingPids = (own: Sql) => own`SELECT unnest(pg_catalog.pg_blocking_pids(${pid}))`;
	const watching = repeat(interval, done.signal, async () => {
		for (const blocker of await describeSessions(sql, blockingPids)) {
			if (!reported.has(blocker)) report(blocker);
			reported.add(blocker);
		}
	});
	try {
		return await wait();
	} finally {
		done.abort();
		await watching;
	}
}

async function repeat(interval: number, signal: AbortSignal, step: () => Promise<void>): Promise<void> {
	while (!signal.aborted) {
		await sleep(interval, undefined, { signal }).catch(() => {});
		// Ignored: if the server cannot be reached, `wait` fails and reports that.
		if (!signal.aborted) await step().catch(() => {});
	}
}

/** Describes the sessions whose process ids `selectPids` selects. */
export async function describeSessions(
	sql: Sql,
	selectPids: (sql: Sql) => PendingQuery<Row[]>,
): Promise<readonly string[]> {
	const rows = await transact(sql, async (transaction) => {
		// Undoes SET ROLE: the login role, not the owner, may be allowed to see the queries of other roles.
		await transaction`SET LOCAL ROLE NONE`;
		return await transaction<SessionRow[]>`
			SELECT pid, usename AS username, application_name AS application, state, query
			FROM pg_catalog.pg_stat_activity
			WHERE pid IN (${selectPids(sql)})`;
	});
	return rows.map(describeSession);
}

/** PostgreSQL hides state and query from roles that are neither superusers nor in `pg_read_all_stats`. */
export function describeSession({ pid, username, application, state, query }: SessionRow): string {
	const who = [application, username === null ? undefined : `as ${username}`].filter(Boolean).join(' ');
	const activity =
		state === null
			? 'its query is visible only to members of pg_read_all_stats'
			: `${state}: ${(query ?? '').replaceAll(/\s+/g, ' ').slice(0, 200)}`;
	return `server process ${pid} (${who || 'unnamed'}; ${activity})`;
}
