import type { Sql } from 'postgres';
import { maintenanceDatabase, openClient } from '../connection/index.ts';
import type { PooledServer } from './leases.ts';

/** A pooled server that knows whether anyone has connected to it. */
export interface WatchedServer extends PooledServer {
	/** Whether anyone has connected to it since it was started. */
	wasUsed(): Promise<boolean>;
}

/**
 * The session that watches is opened before the server has a user, and is there until it stops. It does not keep this
 * process alive: where Jest runs the broker, nothing stops it.
 */
export async function watchUse(server: PooledServer): Promise<WatchedServer> {
	if (knowsUse(server)) return server;
	const admin = { ...server.admin, database: maintenanceDatabase };
	const watcher = openClient(admin, { max: 1, applicationName: 'slipway pool', keepsAlive: false });
	const before = await countSessions(watcher).catch(() => undefined);
	return {
		...server,
		async wasUsed() {
			// Who ends the session, or the server, has used it.
			return await countSessions(watcher).then(
				(now) => before === undefined || now !== before,
				() => true,
			);
		},
		async [Symbol.asyncDispose]() {
			await watcher.end({ timeout: 0 }).finally(() => server[Symbol.asyncDispose]());
		},
	};
}

const knowsUse = (server: PooledServer): server is WatchedServer => server.wasUsed !== undefined;

/**
 * The number of sessions of each database so far, and the process of the watching one. A session is counted in the
 * statistics when its first transaction ends, or else before it leaves `pg_stat_activity`. So that is read first, in a
 * transaction of its own.
 */
async function countSessions(watcher: Sql): Promise<string> {
	const [open] = await watcher`
		SELECT pg_backend_pid() AS watcher, count(*)::int AS others FROM pg_stat_activity
		WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
	const [counted] = await watcher`
		SELECT json_agg(ARRAY[datid, sessions] ORDER BY datid) AS sessions FROM pg_stat_database`;
	return JSON.stringify([open, counted]);
}
