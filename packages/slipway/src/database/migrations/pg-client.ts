import type { Client } from 'pg';
import {
	type Connection,
	explainConnectionError,
	forgetSession,
	requireExclusive,
} from '../../connection/index.ts';
import { createPgClient } from '../../pg.ts';
import { resetSettings } from '../fresh-transaction.ts';
import { migrationOrigin } from './origin.ts';

/**
 * Calls `use` with a session of the migrator and ends it afterwards, which releases its locks and rolls back
 * an open transaction. Throws `session-shared`.
 */
export async function withPgClient<T>(
	connection: Connection,
	use: (client: Client) => Promise<T>,
): Promise<T> {
	// The name shows those who wait for this session where it runs.
	const client = createPgClient(connection, `slipway migrate ${migrationOrigin()}`);
	// Without a listener, a lost connection would end the process. The running statement reports the loss.
	client.on('error', () => {});
	await client.connect().catch((error: unknown) => {
		throw explainConnectionError(error, connection);
	});
	try {
		await requireExclusive(sessionOf(client), connection);
		return await useAndReset(client, use);
	} finally {
		await client.end().catch(() => {});
	}
}

/** Resets the session, because a pooler gives it to other clients afterwards. */
async function useAndReset<T>(client: Client, use: (client: Client) => Promise<T>): Promise<T> {
	try {
		await client.query(sessionDefaults);
		return await use(client);
	} finally {
		await client.query(forgetSession).catch(() => {});
	}
}

function sessionOf(client: Client): Parameters<typeof requireExclusive>[0] {
	return {
		async readBackend() {
			const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
			return { pid: rows[0]?.pid ?? 0, loginPid: (client as unknown as { processID: number }).processID };
		},
		send: (sql) => client.query(sql),
		onNotification: (listener) => client.on('notification', ({ channel }) => listener(channel)),
	};
}

/**
 * Every migration starts with these settings, whatever the previous one set. node-pg-migrate records times
 * without a zone: in local time, the hour that repeats in autumn would break their order. Without the
 * connection check, the server would finish the statement of a killed client, and hold the lock until then.
 * Not every platform supports the check.
 */
export const sessionDefaults = `
${resetSettings}
SET TIME ZONE 'UTC';
DO $$ BEGIN
	SET client_connection_check_interval = '1s';
EXCEPTION WHEN OTHERS THEN
END $$;`.trim();
