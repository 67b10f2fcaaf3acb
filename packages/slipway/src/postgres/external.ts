import { type Connection, withClient } from '../connection/index.ts';
import { type PostgresServer, unmanaged } from './postgres-server.ts';

export interface ExternalOptions {
	readonly admin: Connection;
}

/**
 * Connects to a server that another party runs, and leaves it running. Throws what `withClient` throws if it
 * does not answer.
 */
export async function startExternal({ admin }: ExternalOptions): Promise<PostgresServer> {
	await withClient(admin, async (sql) => void (await sql`SELECT 1`));
	return unmanaged(admin);
}
