import { type Connection, describeConnection, SlipwayError, withClient } from 'slipway';

/**
 * Throws a `SlipwayError` if a session of the same role has waited for the synchronous standby for a second. Such a session
 * stays, even if its client has gone. A service that tried again and again would use up the server's sessions.
 */
export async function refuseToWaitForStandby(connection: Connection, milliseconds: number): Promise<void> {
	const signal = AbortSignal.timeout(Math.max(Math.round(milliseconds), 0));
	const waits = await withClient(
		connection,
		(sql) => sql`
			SELECT FROM pg_stat_activity
			WHERE usename = current_user AND wait_event = 'SyncRep' AND now() - query_start > interval '1 second'
			LIMIT 1`,
		{ signal },
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
