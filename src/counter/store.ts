import type { Ask } from 'slipway';
import type { Database } from '../database/database.ts';
import type { CounterRow } from '../rows.ts';
import { type Add, type ObserveCall, shareCalls } from './batch.ts';
import { type Count, type Counters, defaultName } from './counters.ts';

export interface CountersOptions {
	readonly writing: Database;
	readonly reading: Database;
	readonly observe?: ObserveCall;
	/** Called with the new values of a batch once they are committed. Hits do not wait for it. */
	readonly onCounted?: (counts: ReadonlyMap<string, bigint>) => void;
}

/**
 * The counters in the table `counter`. `writing` should have one connection: a second one would wait for the first one's
 * row locks. Several processes may count at once.
 */
export function openCounters({ writing, reading, observe, onCounted }: CountersOptions): Counters {
	const addAll: Add = async (hits, ms) => {
		const counts = await writing.run((sql) => add(sql, hits), ms);
		onCounted?.(counts);
		return counts;
	};
	return {
		hit: shareCalls(addAll, { observe }),
		read: (name) => reading.run((sql) => read(sql, name)),
		list: (after, limit) => reading.run((sql) => list(sql, after, limit)),
	};
}

/**
 * Rejects if a hit would, but counts nothing: it takes the same privileges, lock and commit on the same connection, and
 * leaves the value as it is.
 */
export async function tryHit(writing: Database): Promise<void> {
	await writing.run((sql) => add(sql, new Map([[defaultName, 0]])));
}

/**
 * Adds to each counter, and to its current minute. A single statement is its own transaction: the result arrives after
 * the commit. Rows are locked in the order of their names, so that two processes cannot wait for each other.
 */
async function add(sql: Ask, hits: ReadonlyMap<string, number>): Promise<Map<string, bigint>> {
	const counts = await sql<CounterRow[]>`
		WITH hit AS (
			SELECT key AS name, value::bigint AS hits FROM json_each_text(${JSON.stringify(Object.fromEntries(hits))}::text::json)
		), counted AS (
			INSERT INTO counter (name, value) SELECT name, hits FROM hit ORDER BY name
			ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value
			RETURNING name, value
		), charted AS (
			INSERT INTO counter_minute (name, minute, hits)
			SELECT name, date_trunc('minute', now()), hits FROM counted JOIN hit USING (name) ORDER BY name
			ON CONFLICT (name, minute) DO UPDATE SET hits = counter_minute.hits + excluded.hits
		)
		SELECT name, value FROM counted`;
	return new Map(counts.map(({ name, value }) => [name, BigInt(value)]));
}

async function read(sql: Ask, name: string): Promise<bigint | undefined> {
	const [row] = await sql<Pick<CounterRow, 'value'>[]>`SELECT value FROM counter WHERE name = ${name}`;
	return row && BigInt(row.value);
}

async function list(sql: Ask, after: string, limit: number): Promise<Count[]> {
	const rows = await sql<CounterRow[]>`
		SELECT name, value FROM counter WHERE name > ${after} ORDER BY name LIMIT ${limit}`;
	return rows.map(({ name, value }) => ({ name, count: BigInt(value) }));
}
