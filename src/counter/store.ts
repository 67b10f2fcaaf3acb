import { type Ask, SlipwayError } from 'slipway';
import type { Database } from '../database/database.ts';
import type { CounterRow } from '../rows.ts';
import { shareCalls } from './batch.ts';
import type { Counter } from './counter.ts';

/**
 * The counter "visits" in the table `counter`. `writing` should have one connection: a second one would wait for the
 * first one's row lock. Several processes may count at once.
 */
export function openCounter({ writing, reading }: { writing: Database; reading: Database }): Counter {
	return {
		hit: shareCalls((hits, ms) => writing.run((sql) => add(sql, hits), ms)),
		read: () => reading.run(read),
	};
}

/**
 * Rejects if a hit would, but counts nothing: it takes the same privileges, lock and commit on the same connection, and
 * leaves the value as it is.
 */
export async function tryHit(writing: Database): Promise<void> {
	await writing.run((sql) => add(sql, 0));
}

type Value = Pick<CounterRow, 'value'>;

/** A single statement is its own transaction: the result arrives after the commit. */
async function add(sql: Ask, hits: number): Promise<bigint> {
	const [row] = await sql<
		Value[]
	>`UPDATE counter SET value = value + ${hits} WHERE name = 'visits' RETURNING value`;
	return countOf(row);
}

async function read(sql: Ask): Promise<bigint> {
	const [row] = await sql<Value[]>`SELECT value FROM counter WHERE name = 'visits'`;
	return countOf(row);
}

function countOf(row: Value | undefined): bigint {
	if (row !== undefined) return BigInt(row.value);
	throw new SlipwayError(
		'no-counter',
		'the table "counter" has no row "visits"',
		'Run scripts/migrate up. If the row was deleted, run scripts/seed to restore it.',
	);
}
