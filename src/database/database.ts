import { type Ask, type Connection, LimitedClient } from 'slipway';
import { backOffAfterFailures } from './back-off.ts';
import { explainFailure, explainTimeout } from './failures.ts';
import { maxLogins, Passwords } from './passwords.ts';
import { refuseToWaitForStandby } from './standby-wait.ts';

/** A database that may become unavailable and recover. */
export interface Database extends AsyncDisposable {
	/** Runs `statement`. Rejects with an `UnavailableError` if it fails or takes longer than `deadline` milliseconds. */
	run<T>(statement: (sql: Ask) => Promise<T>, deadline?: number): Promise<T>;
	/** Its state now. */
	readonly status: DatabaseStatus;
}

/** Its statements resolve when everything that was committed before is on disk, and on the synchronous standby. */
export interface FlushingDatabase extends Database {
	readonly flushes: true;
}

export interface DatabaseStatus {
	readonly maxConnections: number;
	/** Statements that run or wait for a connection. */
	readonly running: number;
	/** Statements that have failed since the start. */
	readonly failures: number;
	/** Whether statements are refused for a moment after failures. */
	readonly isPausing: boolean;
}

export interface DatabaseOptions {
	readonly maxConnections: number;
	/** Milliseconds that a statement may take, including the time to connect. Default: 3000. */
	readonly deadline?: number;
	/** Called with the payload of each notification that a connection receives, after a LISTEN. */
	readonly onNotification?: (payload: string) => void;
}

/**
 * Connects for the first statement, and reconnects after every failure: the old connection may be dead, or lead to a
 * server that is no longer the primary. Never retries a failed statement: the server may have executed it.
 * While the password is changed, a login is retried with the other one.
 */
export function openDatabase(connection: Connection, options: DatabaseOptions): Database {
	return open(connection, options, false);
}

/**
 * Like `openDatabase`, with one connection. Its statements may set `synchronous_commit` to off for their own transaction,
 * which releases their locks before the wait for the disk.
 */
export function openFlushingDatabase(connection: Connection): FlushingDatabase {
	const database = open(connection, { maxConnections: 1 }, true);
	return Object.assign(database, { flushes: true as const });
}

function open(connection: Connection, options: DatabaseOptions, flushes: boolean): Database {
	const { maxConnections, deadline = 3000, onNotification } = options;
	// Shorter than the deadline, so that a statement that waits for a lock ends on the server too.
	const statementTimeout = Math.round(deadline * 0.8);
	const passwords = new Passwords(connection);
	const login = { ...connection, readPasswords: () => [passwords.choose()] };
	const openClient = () =>
		new LimitedClient(login, {
			flushes,
			max: maxConnections,
			connectTimeout: deadline / 1000,
			statementTimeout,
			onNotification: (_, payload) => onNotification?.(payload),
		});
	let current = openClient();
	let running = 0;
	let failures = 0;
	/** Whether a statement has got no answer since the last check. */
	let lastTimedOut = false;
	let check: Promise<void> | undefined;

	function discard(client: LimitedClient) {
		if (client === current) current = openClient();
		void client.end({ timeout: 0 });
	}

	/** Statements that come meanwhile share the check. */
	async function checkStandby(): Promise<void> {
		check ??= refuseToWaitForStandby(login, { deadline, statementTimeout }).finally(() => {
			check = undefined;
		});
		await check;
		lastTimedOut = false;
	}

	/** A statement is sent again only if the login that it waited for has failed because of the password. */
	async function attempt<T>(statement: (sql: Ask) => Promise<T>, within = deadline): Promise<T> {
		const end = performance.now() + within;
		for (let logins = 1; ; logins += 1) {
			try {
				return await attemptOnce(statement, { within, left: end - performance.now() });
			} catch (error) {
				const mayRetry = logins < maxLogins && performance.now() < end;
				if (isWrongPassword(error) && passwords.mayChange && mayRetry) {
					passwords.refuse();
					continue;
				}
				failures += 1;
				throw error;
			}
		}
	}

	/** `within`: what messages name, of which the milliseconds `left` remain. */
	async function attemptOnce<T>(
		statement: (sql: Ask) => Promise<T>,
		{ within, left }: { readonly within: number; readonly left: number },
	): Promise<T> {
		let client: LimitedClient | undefined;
		let timedOut = false;
		let connected = false;
		running += 1;
		const expired = Promise.withResolvers<never>();
		expired.promise.catch(() => {});
		const timer = setTimeout(() => {
			timedOut = true;
			lastTimedOut = true;
			if (client !== undefined) discard(client);
			expired.reject(new Error('the deadline is over'));
		}, left);
		try {
			if (lastTimedOut) await Promise.race([checkStandby(), expired.promise]);
			client = current;
			const sql = await client.connect();
			connected = true;
			return await statement(sql);
		} catch (error) {
			// Other statements may be running on the client's other connections.
			if (client !== undefined && !(connected && isWrongPassword(error))) discard(client);
			throw timedOut
				? explainTimeout(connection, Math.round(within), error)
				: explainFailure(error, connection);
		} finally {
			clearTimeout(timer);
			running -= 1;
		}
	}

	const run = backOffAfterFailures(attempt);
	return {
		run: run as Database['run'],
		get status() {
			return { maxConnections, running, failures, isPausing: run.isPausing() };
		},
		[Symbol.asyncDispose]: () => current.end({ timeout: 1 }),
	};
}

/** The code of PostgreSQL, or that of the error which explains it. */
function isWrongPassword(error: unknown): boolean {
	const { code } = error as { readonly code?: unknown };
	return code === '28P01' || code === 'wrong-password';
}
