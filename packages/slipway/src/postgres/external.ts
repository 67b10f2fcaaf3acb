import { type Connection, withClient } from '../connection/index.ts';
import { type PostgresServer, unmanaged } from './postgres-server.ts';

export interface ExternalOptions {
	readonly admin: Connection;
}

/** A server that another party runs: it has to answer, and is left running. Throws what `withClient` throws. */
export async function startExternal({ admin }: ExternalOptions): Promise<PostgresServer> {
	await withClient(admin, async (sql) => void (await sql`SELECT 1`));
	return unmanaged(admin);
}
