import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { type Connection, openClient } from '../connection/index.ts';
import { readSequences, restoreSequences } from '../database/restore/index.ts';

/** Asks whether a database is like a new one, except for the statistics of PostgreSQL. */
export interface ReuseRequest {
	/** How often its user has logged in. With 0, the first time, its state is read. */
	readonly logins: number;
}

export interface ReuseAnswer {
	readonly isLikeNew: boolean;
}

/** In bytes. Rows that were rolled back stay in their files, so that queries take longer. */
const maxLog = 64 * 1024 ** 2;

/** Milliseconds. Together they are far more than the server needs to notice that a client has closed its connection. */
const pauses = [2, 4, 8, 16, 32, 64, 128, 256, 512, 0];

interface Start {
	readonly position: string;
	/** The number of sessions so far, with the one that watches. */
	readonly sessions: number;
	/** A statement that gives the sequences the values that they had. */
	readonly restoration: string;
}

/**
 * A database whose user rolls back each of its transactions. Then only sequences change, whose values are restored, unless
 * there has been another session, which PostgreSQL has counted.
 */
export class ReusedDatabase {
	readonly #admin: Connection;
	#sql: Sql | undefined;
	#start: Start | undefined;

	/** `admin`: a superuser's login to the database. */
	constructor(admin: Connection) {
		this.#admin = admin;
	}

	async isLikeNew({ logins }: ReuseRequest): Promise<boolean> {
		this.#sql ??= openClient(this.#admin, { applicationName: 'slipway reuse' });
		if (logins === 0) this.#start = await readStart(this.#sql);
		if (this.#start === undefined) return false;
		return logins === 0 || (await isUnchanged(this.#sql, this.#start, logins));
	}

	async close(): Promise<void> {
		await this.#sql?.end({ timeout: 0 });
	}
}

/** Undefined if a login could change the database. */
async function readStart(sql: Sql): Promise<Start | undefined> {
	await sql`SELECT pg_stat_force_next_flush()`;
	if ((await sql`SELECT FROM pg_event_trigger WHERE evtevent = 'login'`).length > 0) return undefined;
	const restoration = restoreSequences(await readSequences(sql));
	const [row] = await sql<[Omit<Start, 'restoration'>]>`
		SELECT sessions::int, pg_current_wal_insert_lsn()::text AS position
		FROM pg_stat_database WHERE datname = current_database()`;
	return { ...row, restoration };
}

/** Its login before may not have ended yet. */
async function isUnchanged(sql: Sql, start: Start, logins: number): Promise<boolean> {
	for (const pause of pauses) {
		// Sent together, and run one after another: see `countUsers`.
		const [users, isCounted] = await Promise.all([
			countUsers(sql),
			areSessionsCounted(sql, start, logins),
			sql.unsafe(start.restoration, [], { prepare: true }),
		]);
		if (users <= 1) return users === 1 && isCounted;
		await sleep(pause);
	}
	return false;
}

/**
 * A session is counted when its first transaction ends, or else before it leaves `pg_stat_activity`. So that is read
 * first, in a transaction of its own.
 */
async function countUsers(sql: Sql): Promise<number> {
	const [{ users }] = await sql<[{ users: number }]>`
		SELECT count(*)::int AS users FROM pg_stat_activity
		WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;
	return users;
}

async function areSessionsCounted(sql: Sql, start: Start, logins: number): Promise<boolean> {
	const [{ ok }] = await sql<[{ ok: boolean }]>`
		SELECT sessions = ${start.sessions + logins}
			AND pg_current_wal_insert_lsn() - ${start.position}::pg_lsn < ${maxLog} AS ok
		FROM pg_stat_database WHERE datname = current_database()`;
	return ok;
}
