import { inject } from 'vitest';
import { type Connection, withClient } from '../src/connection/index.ts';
import { connectEngine, eraseVolumes, type PostgresServer, startServer } from '../src/postgres/index.ts';
import { type PreparedServer, type StartPostgresOptions, startPostgres } from '../src/start-postgres.ts';
import { makeDirectory } from './temporary-directory.ts';

/** A server for a test to which it does not matter where that comes from. */
export function startTestServer(options: { readonly directory?: string } = {}): Promise<PostgresServer> {
	return startServer({ ...inject('postgres'), ...options });
}

/** The same with a database on it. */
export function startTestDatabase(options: StartPostgresOptions = {}): Promise<PreparedServer> {
	return startPostgres({ ...inject('postgres'), ...options });
}

/** A folder for a server that keeps its data, which go with it. */
export function makeServerDirectory(): { readonly path: string } & AsyncDisposable {
	const directory = makeDirectory();
	const remove = async () => {
		if (inject('postgres').provider === 'container')
			await eraseVolumes(await connectEngine(), directory.path);
		directory[Symbol.dispose]();
	};
	return { path: directory.path, [Symbol.asyncDispose]: remove };
}

/** Sends a signal to a process of the server from within it, where its number means the same wherever it runs. */
export async function signalServer(
	admin: Connection,
	signal: NodeJS.Signals,
	pid: number | '$postmaster' = '$postmaster',
): Promise<void> {
	const command = `read postmaster <postmaster.pid; kill -${signal.slice(3)} ${pid}`;
	await withClient(admin, (sql) => sql.unsafe(`COPY (SELECT) TO PROGRAM '${command}'`)).catch(
		(error: unknown) => {
			// The signal may end the connection that sent it.
			if (pid !== '$postmaster') throw error;
		},
	);
}
