import type { Connection } from '../connection/index.ts';

/** A running PostgreSQL server. Disposing of it gives back what starting it took. */
export interface PostgresServer extends AsyncDisposable {
	/** Logs in to the `postgres` database as a role that may create roles and databases. */
	readonly admin: Connection;
	/** Resolves with the cause when the server ends by itself; pending as long as it runs or was disposed of. */
	readonly ended: Promise<Error>;
}

/** A server that somebody else runs, and goes on running. */
export function borrowed(admin: Connection): PostgresServer {
	return { admin, ended: new Promise(() => {}), [Symbol.asyncDispose]: async () => {} };
}
