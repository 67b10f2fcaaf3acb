import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { SlipwayError } from '../errors.ts';
import type { LeakPolicy } from './check-options.ts';
import { testError } from './test-error.ts';

/** A connection to a test's database that the fixtures did not open and the test did not close. */
export interface LeakedConnection {
	readonly user: string;
	readonly application: string;
	/** When it was opened; `null` if the querying role may not see that. */
	readonly opened: Date | null;
	/** Its last statement. */
	readonly query: string;
}

/** The application name of the fixtures' own clients, also in `pg_stat_activity`. */
export const fixtureApplication = 'slipway fixture';

/**
 * A server takes a moment to notice that a client has closed its connection. A second is far more than that.
 */
const attempts = 50;

/**
 * The leaked connections to `database`, without those of the user `except`. Waits for connections that are being closed.
 */
export async function findLeakedConnections(
	sql: Sql,
	database: string,
	except: string | null = null,
): Promise<readonly LeakedConnection[]> {
	for (let attempt = 1; ; attempt++) {
		const leaked = await sql<LeakedConnection[]>`
			SELECT usename AS user, coalesce(application_name, '') AS application, backend_start AS opened,
				left(regexp_replace(coalesce(query, ''), '\\s+', ' ', 'g'), 80) AS query
			FROM pg_stat_activity
			WHERE datname = ${database} AND backend_type = 'client backend' AND pid <> pg_backend_pid()
				AND application_name <> ${fixtureApplication} AND usename::text IS DISTINCT FROM ${except}::text
			ORDER BY backend_start`;
		if (leaked.length === 0 || attempt === attempts) return leaked;
		await sleep(20);
	}
}

interface LeakCheck {
	readonly policy: LeakPolicy | undefined;
	readonly find: () => Promise<readonly LeakedConnection[]>;
	/** Names the test, or the concurrent tests, that a connection was opened in. */
	readonly openedBy: (connection: LeakedConnection) => string;
}

/** Resolves with `leaked-connections` where they fail the file. Prints a line where they only warn. */
export async function checkForLeaks({
	policy = 'fail',
	find,
	openedBy,
}: LeakCheck): Promise<{ readonly leaked: boolean; readonly error?: SlipwayError }> {
	if (policy === 'ignore') return { leaked: false };
	const leaked = await find();
	if (leaked.length === 0) return { leaked: false };
	if (policy === 'fail') return { leaked: true, error: leakError(leaked, openedBy) };
	const places = new Set(leaked.map((connection) => openedBy(connection)));
	console.warn(`slipway: ${count(leaked)} not closed: opened in ${[...places].join(', ')}`);
	return { leaked: true };
}

function leakError(
	leaked: readonly LeakedConnection[],
	openedBy: (connection: LeakedConnection) => string,
): SlipwayError {
	const list = leaked.map((connection) => {
		const { user, application, query } = connection;
		return `  opened in ${openedBy(connection)}: ${user} as "${application}", last statement: ${query || 'unknown'}`;
	});
	return testError(
		'leaked-connections',
		`${count(leaked)} not closed:\n${list.join('\n')}`,
		'Close the client or pool in the test that opens it, or open it with the fixture `connect`, which closes it.' +
			" If you leave connections open on purpose, set leaks: 'warn' or 'ignore' in the options of slipway().",
	);
}

const count = ({ length }: readonly LeakedConnection[]) =>
	length === 1 ? '1 connection was' : `${length} connections were`;
