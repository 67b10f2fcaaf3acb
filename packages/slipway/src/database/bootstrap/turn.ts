import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { type Connection, describeConnection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { findLockHolders } from '../lock-holders.ts';

/** Any number, the same for all: roles belong to the whole server. */
const lockKey = '7250163842';
const interval = 100;
/** How many tries pass before a person hears of who has the lock. */
const triesInSilence = 10;

export interface TurnOptions {
	/** Called with a line for each session that has the lock meanwhile. */
	readonly onWait?: (line: string) => void;
	/** Milliseconds. Default: one minute. */
	readonly longestWait?: number;
}

/**
 * Waits until no other bootstrap is at work on the server. The turn lasts as long as the session, which
 * `withAdmin` ends. Locks of this kind are per database: `admin` has to be connected to the same one as the others.
 * Throws `bootstrap-busy`, with who has the lock: any role that may connect can take it.
 */
export async function takeTurn(
	sql: Sql,
	admin: Connection,
	{ onWait = () => {}, longestWait = 60_000 }: TurnOptions = {},
): Promise<void> {
	const told = new Set<string>();
	for (let tries = 1; !(await takeLock(sql)); tries++) {
		if (tries * interval >= longestWait) throw await busy(sql, admin, longestWait);
		await sleep(interval);
		if (tries % triesInSilence > 0) continue;
		for (const { description } of await findLockHolders(sql, lockKey)) {
			if (!told.has(description)) onWait(`waiting for the lock of bootstrap, held by ${description}`);
			told.add(description);
		}
	}
	// For the other locks that its steps take.
	await sql.unsafe("SET lock_timeout = '1min'");
}

async function takeLock(sql: Sql): Promise<boolean> {
	const [row] = await sql<[{ taken: boolean }]>`
		SELECT pg_catalog.pg_try_advisory_lock(${lockKey}::bigint) AS taken`;
	return row.taken;
}

async function busy(sql: Sql, admin: Connection, longestWait: number): Promise<SlipwayError> {
	const holders = await findLockHolders(sql, lockKey);
	const who = holders.map(({ description }) => description).join(', ') || 'a session that has ended since';
	return new SlipwayError(
		'bootstrap-busy',
		`the lock of bootstrap on ${describeConnection(admin)} was not free for ${longestWait / 1000} s; it is held by ${who}`,
		[
			'If that is a bootstrap, wait until it ends and run this again. If not, end it as a superuser or as its own role:',
			...holders.map(({ end }) => `  ${end} -- in the database ${JSON.stringify(admin.database)}`),
		].join('\n'),
	);
}
