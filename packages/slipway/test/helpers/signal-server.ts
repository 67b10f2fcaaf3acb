import { type Connection, withClient } from '../../src/connection/index.ts';

/** Sends a signal to a process of the server from within it, where its number means the same wherever it runs. */
export async function signalServer(
	admin: Connection,
	signal: NodeJS.Signals,
	pid: number | '$postmaster' = '$postmaster',
): Promise<void> {
	// No row: the program may have ended before one could be written to it.
	const command = `read postmaster <postmaster.pid; kill -${signal.slice(3)} ${pid}`;
	await withClient(admin, (sql) => sql.unsafe(`COPY (SELECT WHERE false) TO PROGRAM '${command}'`)).catch(
		(error: unknown) => {
			// The signal may end the connection that sent it.
			if (pid !== '$postmaster') throw error;
		},
	);
}
