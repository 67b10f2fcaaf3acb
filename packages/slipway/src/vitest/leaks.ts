import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { SlipwayError } from '../errors.ts';
import { testFault } from './faults.ts';

/** A connection to a test's database that the fixtures did not open, or that is still there when they closed theirs. */
export interface Stranger {
	readonly user: string;
	readonly application: string;
	/** When it was opened; `null` where the asking role may not know. */
	readonly opened: Date | null;
	/** Its last statement. */
	readonly query: string;
}

/** What the fixtures' own clients are called, in `pg_stat_activity` too. */
export const fixtureApplication = 'slipway fixture';

/** A server needs a moment to notice that a client has closed its connection; a second is far more than that. */
const attempts = 50;

/** Who is connected to `database`, when those who have closed their connections are gone. */
export async function findStrangers(sql: Sql, database: string): Promise<readonly Stranger[]> {
	for (let attempt = 1; ; attempt++) {
		const strangers = await sql<Stranger[]>`
			SELECT usename AS user, coalesce(application_name, '') AS application, backend_start AS opened,
				left(regexp_replace(coalesce(query, ''), '\\s+', ' ', 'g'), 80) AS query
			FROM pg_stat_activity
			WHERE datname = ${database} AND backend_type = 'client backend' AND pid <> pg_backend_pid()
				AND application_name <> ${fixtureApplication}
			ORDER BY backend_start`;
		if (strangers.length === 0 || attempt === attempts) return strangers;
		await sleep(20);
	}
}

/** `openedBy` says which test, or tests at the same time, a connection was opened in. */
export function leakFault(
	strangers: readonly Stranger[],
	openedBy: (stranger: Stranger) => string,
): SlipwayError {
	const list = strangers.map(
		(stranger) =>
			`  opened in ${openedBy(stranger)}: ${stranger.user} as "${stranger.application}", last statement: ${stranger.query || 'unknown'}`,
	);
	const count = strangers.length === 1 ? '1 connection was' : `${strangers.length} connections were`;
	return testFault(
		'leaked-connections',
		`${count} not closed:\n${list.join('\n')}`,
		'End the client or pool in the test that opens it, or open it with the fixture `connect`, which does so.',
	);
}
