import { type Connection, describeConnection, SlipwayError, withClient } from 'slipway';

/**
 * Throws `standby-away` if a session of the same role has been waiting for the synchronous standby for longer than a statement
 * may take: its client has given up, but the session stays. A service that kept trying would use up the server's
 * sessions. Both limits are in milliseconds; the check itself may take as long as the `deadline`.
 */
export async function refuseToWaitForStandby(
	connection: Connection,
	{ deadline, statementTimeout }: { readonly deadline: number; readonly statementTimeout: number },
): Promise<void> {
	const waits = await withClient(
		connection,
		(sql) => sql`
			SELECT FROM pg_stat_activity
			WHERE usename = current_user AND wait_event = 'SyncRep'
				AND now() - query_start > ${statementTimeout}::int * interval '1 millisecond'
			LIMIT 1`,
		{ connectTimeout: deadline / 1000, signal: AbortSignal.timeout(deadline) },
	);
	if (waits.length > 0) throw standbyAway(connection);
}

function standbyAway(connection: Connection): SlipwayError {
	return new SlipwayError(
		'standby-away',
		`${describeConnection(connection)} waits for its synchronous standby`,
		'Start the standby, or name another one in synchronous_standby_names. The service goes on by itself then.',
	);
}
