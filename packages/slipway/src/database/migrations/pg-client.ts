import type { Client } from 'pg';
import {
	type Connection,
	explainConnectionError,
	forgetSession,
	requireExclusive,
} from '../../connection/index.ts';
import { forgetSettings } from '../fresh-transaction.ts';
import { createPgClient } from '../pg.ts';
import { migrationOrigin } from './origin.ts';

/**
 * Lends `use` a session of the migrator and ends it: what it locked is free again, what it left open
 * rolled back. Throws `session-shared`.
 */
export async function withPgClient<T>(
	connection: Connection,
	use: (client: Client) => Promise<T>,
): Promise<T> {
	// Whoever waits for this session learns from its name where it runs.
	const client = createPgClient(connection, `slipway migrate ${migrationOrigin()}`);
	// Without a listener the loss of the connection would end the process; the statement under way fails with it.
	client.on('error', () => {});
	await client.connect().catch((error: unknown) => {
		throw explainConnectionError(error, connection);
	});
	try {
		await requireExclusive(sessionOf(client), connection);
		return await useAndForget(client, use);
	} finally {
		await client.end().catch(() => {});
	}
}

/** A pooler gives the session to others afterwards. */
async function useAndForget<T>(client: Client, use: (client: Client) => Promise<T>): Promise<T> {
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
 * Every migration starts from these, whatever the one before it set. node-pg-migrate notes its times
 * without a zone: in local time, the hour that comes twice in autumn would upset their order. Without the connection check the server would finish a statement, and hold the lock, for a
 * client that has been killed; it is not to be had on every system.
 */
export const sessionDefaults = `
${forgetSettings}
SET TIME ZONE 'UTC';
DO $$ BEGIN
	SET client_connection_check_interval = '1s';
EXCEPTION WHEN OTHERS THEN
END $$;`.trim();
