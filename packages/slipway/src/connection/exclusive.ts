import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { SlipwayError } from '../errors.ts';
import { type ClientOptions, openClient, withClient } from './client.ts';
import { type Connection, describeConnection } from './details.ts';
import { explainConnectionError } from './explain-error.ts';
import { type Backend, isDirect, readBackend } from './pooler.ts';

/** A client with one connection, from postgres.js or pg. */
export interface Session {
	readBackend(): Promise<Backend>;
	send(sql: string): Promise<unknown>;
	/** Calls `listener` with the channel of each notification. */
	onNotification(listener: (channel: string) => void): void;
}

/**
 * Throws `session-shared` if a pooler may run the next transaction of `session` in another session on the server. Locks
 * and settings from the previous transaction would be missing there, and would leak into a session that others get.
 *
 * A pooler in session mode is as good as a direct connection. A notification that arrives while the client is idle
 * proves it: in the other modes, an idle client has no session on the server.
 */
export async function requireExclusive(session: Session, connection: Connection): Promise<void> {
	if (isDirect(await session.readBackend())) return;
	if (!(await hearsWhileIdle(session, connection))) throw sessionShared(connection);
}

/** Milliseconds for a second login and a notification. */
const timeout = 10_000;

async function hearsWhileIdle(session: Session, connection: Connection): Promise<boolean> {
	const channel = `slipway_${randomBytes(8).toString('hex')}`;
	const heard = Promise.withResolvers<true>();
	session.onNotification((name) => name === channel && heard.resolve(true));
	const other = openClient(connection, { prepare: false });
	try {
		await session.send(`LISTEN ${channel}`);
		// Send nothing on the session meanwhile: for a statement, the pooler would give it the session with the notification.
		const isExclusive = notify(other, channel).then((shared) => (shared ? false : heard.promise));
		return await Promise.race([isExclusive, sleep(timeout, false, { ref: false })]);
	} catch (error) {
		throw explainConnectionError(error, connection);
	} finally {
		await other.end({ timeout: 0 });
		await session.send(`UNLISTEN ${channel}`).catch(() => {});
	}
}

/** Sends the notification. Resolves with true if its session also listens, which proves that sessions are shared. */
async function notify(sql: Sql, channel: string): Promise<boolean> {
	const [row] = await sql.unsafe<{ shared: boolean }[]>(
		`SELECT pg_catalog.pg_notify('${channel}', ''),
			'${channel}' IN (SELECT pg_catalog.pg_listening_channels()) AS shared`,
	);
	return row?.shared === true;
}

function sessionShared(connection: Connection): SlipwayError {
	return new SlipwayError(
		'session-shared',
		`${describeConnection(connection)} is a connection pooler that does not keep a session for each client, which bootstrap and migrations need; nothing was changed`,
		"Connect to the PostgreSQL server itself: set DB_MIGRATOR_HOST and DB_MIGRATOR_PORT. Or use the pooler's session mode.",
	);
}

/**
 * Calls `use` with a client that has a session on the server to itself. Resets the session afterwards, since a pooler
 * gives it to others. Throws `session-shared`.
 */
export async function withExclusiveClient<T>(
	connection: Connection,
	use: (sql: Sql) => Promise<T>,
	options?: ClientOptions,
): Promise<T> {
	const notifications = new EventEmitter<{ channel: [string] }>();
	const session = (sql: Sql): Session => ({
		readBackend: () => readBackend(sql),
		send: (text) => sql.unsafe(text),
		onNotification: (listener) => notifications.on('channel', listener),
	});
	const useExclusively = async (sql: Sql) => {
		await requireExclusive(session(sql), connection);
		try {
			return await use(sql);
		} finally {
			await sql.unsafe(forgetSession).catch(() => {});
		}
	};
	const onNotification = (channel: string) => notifications.emit('channel', channel);
	return await withClient(connection, useExclusively, { ...options, onNotification });
}

/** Also releases advisory locks. */
export const forgetSession = 'DISCARD ALL';
