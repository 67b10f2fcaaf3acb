import type { Ask } from 'slipway';
import type { Database } from '../database/database.ts';
import type { CounterRow, IdempotencyKeyRow } from '../rows.ts';
import { shareCalls } from './batch.ts';
import type { Count, Counters } from './counters.ts';
import type { KeyedHit } from './keyed-hits.ts';
import { statementOf } from './statement.ts';

/**
 * Others can see a number before it is on disk (`unlockEarly` in `store.ts`). Where that may be so, this makes the statement
 * write a message of its own, so that its commit waits for everything before it. Where a row is found, it fails on a
 * standby, which may not have the last number, or have one that was lost.
 */
const onDisk = `(SELECT CASE
	WHEN pg_current_wal_flush_lsn() < pg_current_wal_insert_lsn() OR current_setting('synchronous_standby_names') <> ''
	THEN pg_logical_emit_message(true, 'slipway', '')
END)`;

const readStatement = statementOf(`
	SELECT name, value, ${onDisk} FROM counter
	WHERE name IN (SELECT json_array_elements_text($1::text::json))`);

/** The values of those of the counters that exist, by name. */
export async function read(sql: Ask, names: readonly string[]): Promise<Map<string, bigint>> {
	const rows = await sql<CounterRow[]>(readStatement, JSON.stringify(names));
	return new Map(rows.map(({ name, value }) => [name, BigInt(value)]));
}

/** Reads that arrive while one runs share the next one: to the batches, they are hits that add nothing. */
export function shareReads(reading: Database): Counters['read'] {
	const share = shareCalls(async (hits, ms) => {
		const names = [...hits.keys()];
		const values = await reading.run((sql) => read(sql, names), ms);
		return new Map(names.map((name) => [name, values.get(name) ?? missing]));
	});
	return async (name) => {
		const value = await share(name, 0);
		return value === missing ? undefined : value;
	};
}

/** The value of a counter that does not exist. No counter has it. */
const missing = -1n;

const listStatement = statementOf(
	`SELECT name, value, ${onDisk} FROM counter WHERE name > $1 ORDER BY name LIMIT $2`,
);

/** The counters whose names come after `after`, by name. */
export async function list(sql: Ask, after: string, limit: number): Promise<Count[]> {
	const rows = await sql<CounterRow[]>(listStatement, after, limit);
	return rows.map(({ name, value }) => ({ name, count: BigInt(value) }));
}

/** The hit that was counted with `key`, and its value. What `claim` has found is on disk by now. */
export async function recall(sql: Ask, key: string): Promise<(KeyedHit & { value: bigint }) | undefined> {
	const [row] = await sql<IdempotencyKeyRow[]>`SELECT * FROM idempotency_key WHERE key = ${key}`;
	return row && { key, name: row.name, by: Number(row.hits), value: BigInt(row.value) };
}
