import type { Ask } from 'slipway';
import type { Database, FlushingDatabase } from '../database/database.ts';
import type { CounterRow, IdempotencyKeyRow } from '../rows.ts';
import { type Add, type ShareOptions, shareCalls } from './batch.ts';
import { type Counters, defaultName } from './counters.ts';
import { type KeyedHit, type KeyStore, shareKeyedHits } from './keyed-hits.ts';
import { list, recall, shareReads } from './reads.ts';
import { statementOf } from './statement.ts';

export interface CountersOptions {
	readonly writing: FlushingDatabase;
	readonly reading: Database;
	readonly observe?: ShareOptions['observe'];
	/** Called with the new values of a batch once they are on disk. Hits do not wait for it. */
	readonly onCounted?: (counts: ReadonlyMap<string, bigint>) => void;
}

/** The counters in the table `counter`. Several processes may count at once. */
export function openCounters({ writing, reading, observe, onCounted }: CountersOptions): Counters {
	const addAll: Add = async (hits, ms) => {
		const counts = await writing.run((sql) => add(sql, hits), ms);
		onCounted?.(counts);
		return counts;
	};
	const claimAll: KeyStore['claim'] = async (hits, ms) => {
		const values = await writing.run((sql) => claim(sql, hits), ms);
		onCounted?.(latestCounts(hits, values));
		return values;
	};
	const hit = shareCalls(addAll, { observe });
	const recallOne = (key: string) => reading.run((sql) => recall(sql, key));
	const hitOnce = shareKeyedHits({ claim: claimAll, recall: recallOne }, { observe });
	return {
		hit: (name, by = 1, key) => (key === undefined ? hit(name, by) : hitOnce({ key, name, by })),
		read: shareReads(reading),
		list: (after, limit) => reading.run((sql) => list(sql, after, limit)),
	};
}

/**
 * Rejects if a hit would, but counts nothing: it takes the same privileges, lock and commit on the same connection, and
 * leaves the value as it is.
 */
export async function tryHit(writing: FlushingDatabase): Promise<void> {
	await writing.run((sql) => add(sql, new Map([[defaultName, 0]])));
}

/**
 * Adds what `hit` (name, hits) has to the counters, and to their current minute. Rows are locked in the order of their
 * names, so that two processes cannot wait for each other.
 */
const addHits = `
	counted AS (
		INSERT INTO counter (name, value) SELECT name, hits FROM hit ORDER BY name
		ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value
		RETURNING name, value
	), charted AS (
		INSERT INTO counter_minute (name, minute, hits)
		SELECT name, date_trunc('minute', now()), hits FROM counted JOIN hit USING (name) ORDER BY name
		ON CONFLICT (name, minute) DO UPDATE SET hits = counter_minute.hits + excluded.hits
	)`;

/**
 * The rows are locked until the commit ends. With this, the commit does not wait for the disk, for which the statements of
 * all processes would wait one after the other. The database that runs the statement waits for the disk afterwards.
 */
const unlockEarly = "(SELECT set_config('synchronous_commit', 'off', true))";

const addStatement = statementOf(`
	WITH hit AS (
		SELECT key AS name, value::bigint AS hits FROM json_each_text($1::text::json)
	), ${addHits}
	SELECT name, value, ${unlockEarly} FROM counted`);

/** A single statement is its own transaction. */
async function add(sql: Ask, hits: ReadonlyMap<string, number>): Promise<Map<string, bigint>> {
	const counts = await sql<CounterRow[]>(addStatement, JSON.stringify(Object.fromEntries(hits)));
	return new Map(counts.map(({ name, value }) => [name, BigInt(value)]));
}

/** Each key is looked up in the index, whatever the planner knows of the table's size. */
const claimStatement = statementOf(`
	WITH requested AS (
		SELECT * FROM json_to_recordset($1::text::json) AS requested (key text, name text, hits bigint)
	), claimed AS MATERIALIZED (
		SELECT key, name, hits FROM requested
		WHERE (SELECT true FROM idempotency_key WHERE idempotency_key.key = requested.key) IS NULL
	), hit AS (
		SELECT name, sum(hits)::bigint AS hits FROM claimed GROUP BY name
	), ${addHits}
	INSERT INTO idempotency_key (key, name, hits, value)
	SELECT key, name, hits, value - sum(hits) OVER (PARTITION BY name ORDER BY key) + hits
	FROM claimed JOIN counted USING (name) ORDER BY key
	RETURNING key, value, ${unlockEarly}`);

/**
 * Adds the hits whose keys are new, like `add`, and resolves with their values. If another process inserts one of the keys
 * at the same time, the statement fails and counts nothing. The next attempt finds that key.
 */
async function claim(sql: Ask, hits: readonly KeyedHit[]): Promise<Map<string, bigint>> {
	const requested = JSON.stringify(hits.map(({ key, name, by }) => ({ key, name, hits: by })));
	for (;;) {
		try {
			const results = await sql<Pick<IdempotencyKeyRow, 'key' | 'value'>[]>(claimStatement, requested);
			return new Map(results.map(({ key, value }) => [key, BigInt(value)]));
		} catch (error) {
			if ((error as { readonly code?: unknown }).code !== uniqueViolation) throw error;
		}
	}
}

const uniqueViolation = '23505';

/** The last value of each counter. */
function latestCounts(hits: readonly KeyedHit[], values: ReadonlyMap<string, bigint>): Map<string, bigint> {
	const counts = new Map<string, bigint>();
	for (const { key, name } of hits) {
		const value = values.get(key) ?? 0n;
		if (value > (counts.get(name) ?? 0n)) counts.set(name, value);
	}
	return counts;
}
