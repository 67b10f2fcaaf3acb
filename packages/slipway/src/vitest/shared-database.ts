import { learnArrays, openClient } from '../connection/index.ts';
import type { StartPostgresOptions } from '../start-options.ts';
import { startPrepared } from '../start-postgres.ts';
import type { HostedDatabase } from './database-host.ts';
import type { CheckRequest, Findings } from './findings.ts';
import { findLeakedConnections, type LeakedConnection } from './leaks.ts';

/** How many to keep ready: each is created by the same session, one after another. */
const maxReady = 2;

export interface SharedDatabase extends HostedDatabase {
	findLeaks(): Promise<readonly LeakedConnection[]>;
}

/**
 * A database for one test, on a server that other runs use too. What those change of the server is not this test's, so
 * nothing but its connections is looked for.
 */
export async function startSharedDatabase(options: StartPostgresOptions): Promise<SharedDatabase> {
	const database = await startPrepared(options);
	const { sql, admin, wasUsed } = database;
	if (sql === undefined || wasUsed === undefined) throw new Error('the server is not a shared one');
	// A session that `wasUsed` counts.
	const client = openClient(admin, { applicationName: 'slipway clones' });
	const arrays = await learnArrays(client).finally(() => client.end({ timeout: 0 }));
	const findLeaks = () => findLeakedConnections(sql, admin.database);
	return {
		...database,
		findLeaks,
		arrays,
		maxReady,
		wasUsed: () => wasUsed(1),
		async check(request) {
			if ('logins' in request) return { isLikeNew: false };
			const { leaks } = request as CheckRequest;
			const leaked = leaks ? await findLeaks() : [];
			if (!leaks) await sql`SELECT 1`;
			return { leaked, changed: [] } satisfies Findings;
		},
	};
}
