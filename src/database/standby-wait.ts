import { type Connection, describeConnection, SlipwayError, withClient } from 'slipway';

/**
 * Throws a `SlipwayError` if a session of the same role still waits for the synchronous standby although no statement may
 * take as long: its client has given up, but the session stays. A service that tried again and again would use up the
 * server's sessions. The limits are in milliseconds, that of the check itself being the `deadline`.
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
