import { inject } from 'vitest';
import { connectEngine, eraseVolumes, type PostgresServer, startServer } from '../../src/postgres/index.ts';
import { type PreparedServer, type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { makeDirectory } from './temporary-directory.ts';

/** A server for a test to which it does not matter where that comes from. */
export function startTestServer(options: { readonly directory?: string } = {}): Promise<PostgresServer> {
	return startServer({ ...inject('postgres'), ...options });
}

/** The same with a database on it. */
export function startTestDatabase(options: StartPostgresOptions = {}): Promise<PreparedServer> {
	return startPostgres({ ...inject('postgres'), migrations: false, ...options });
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
