import type { Ask } from 'slipway';
import { defaultName } from '../counters.ts';
import { read } from '../reads.ts';

/** What the page shows. */
export interface Reading {
	readonly count: bigint;
	/** Hits in each of the last 60 minutes, the current one last. Undefined while they cannot be read. */
	readonly hits: readonly number[] | undefined;
}

export async function readCount(sql: Ask): Promise<bigint> {
	return (await read(sql, [defaultName])).get(defaultName) ?? 0n;
}

/** The database's clock decides which minute it is, as it does when a hit is counted. */
export async function readHits(sql: Ask): Promise<number[]> {
	const [row] = await sql<{ hits: string }[]>`
		WITH minutes AS (
			SELECT generate_series(now_ - interval '59 minutes', now_, interval '1 minute') AS minute
			FROM date_trunc('minute', now()) AS now_
		), charted AS (
			SELECT minute, hits FROM counter_minute
			WHERE name = ${defaultName} AND minute > now() - interval '1 hour'
		)
		SELECT string_agg(coalesce(hits, 0)::text, ' ' ORDER BY minute) AS hits
		FROM minutes LEFT JOIN charted USING (minute)`;
	if (row === undefined) throw new Error('an aggregate returned no row');
	return row.hits.split(' ').map(Number);
}
