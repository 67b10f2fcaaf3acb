import type { Sql } from 'postgres';
import { type Connection, describeConnection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';

/** Any number, the same for all: roles belong to the whole server. */
const lockKey = 7_250_163_842;
const longestWait = 60;

/**
 * Waits until no other bootstrap is at work on the server. The turn lasts as long as the session, which
 * `withAdmin` ends. Locks of this kind are per database: `admin` has to be connected to the same one as the others.
 */
export async function takeTurn(sql: Sql, admin: Connection): Promise<void> {
	await sql
		.unsafe(`SET lock_timeout = '${longestWait}s'; SELECT pg_catalog.pg_advisory_lock(${lockKey})`)
		.catch((error: unknown) => {
			if ((error as { code?: unknown }).code !== '55P03') throw error;
			throw new SlipwayError(
				'bootstrap-busy',
				`another bootstrap has been at work on ${describeConnection(admin)} for ${longestWait} s`,
				'Wait until it ends, or end it: pg_stat_activity shows it as "slipway bootstrap".',
				{ cause: error },
			);
		});
}
